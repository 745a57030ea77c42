<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- An amount as people write it, with at least two decimals: 112 is 112.00. -->
<xsl:function xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:corridor:basic" name="c:amount" as="xs:string">
  <xsl:param name="amount" as="xs:anyAtomicType*"/>
  <xsl:variable name="text" select="string-join(for $one in $amount return string($one), ' ')"/>
  <xsl:sequence select="if (matches($text, '^-?[0-9]+$')) then concat($text, '.00') else if (matches($text, '^-?[0-9]+\.[0-9]$')) then concat($text, '0') else $text"/>
</xsl:function>
