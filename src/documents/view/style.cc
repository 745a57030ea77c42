// SPDX-License-Identifier: Apache-2.0
//
// table: the style of a page. System fonts, hairlines, figures of one width; logical properties, so
// that a page from right to left needs no rules of its own. Print is light and fits A4.
#include "documents/view/renderer.h"

namespace corridor::documents {

namespace {

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;
--paper:#fff;--desk:#eceae5;--ink:#1d1f23;--muted:#636871;--line:#dddad3;--rule:#b9b5ab;
--soft:#f7f6f3;--accent:#27496d;
--fatal:#a4161a;--fatal-soft:#fcf0ef;--warning:#7d5200;--warning-soft:#fcf5e4;
--information:#27496d;--information-soft:#eef3f8;--good:#22603a;--good-soft:#eef6f0}
@media (prefers-color-scheme:dark){:root{
--paper:#191b1f;--desk:#0f1013;--ink:#e7e5e0;--muted:#a2a6ae;--line:#33363c;--rule:#555960;
--soft:#212429;--accent:#9dbfe3;
--fatal:#ff9c94;--fatal-soft:#341d1d;--warning:#efc169;--warning-soft:#31281a;
--information:#9dbfe3;--information-soft:#1d2833;--good:#8ecfa5;--good-soft:#1a2a20}}
*{box-sizing:border-box}
html{font-size:100%;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--desk);color:var(--ink);
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,
"Noto Sans Arabic","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
font-size:.9375rem;line-height:1.5;font-variant-numeric:tabular-nums lining-nums}
:lang(ar){line-height:1.7}
.sheet{max-width:58rem;margin:2rem auto;padding:3.25rem 3.5rem 3rem;background:var(--paper);
border:1px solid var(--line);border-radius:3px;box-shadow:0 1px 2px rgb(0 0 0/.05),
0 12px 32px rgb(0 0 0/.06)}
h1,h2,h3,h4,p,dl,dd,table,ol{margin:0;padding:0}
.eyebrow{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1.5rem;
color:var(--muted);font-size:.8125rem;margin-block-end:1.6rem;overflow-wrap:anywhere}
h1{font-size:2rem;line-height:1.2;font-weight:300;letter-spacing:-.012em;overflow-wrap:anywhere}
h1 .number,.again .number{font-weight:600}
:lang(ar) h1,:lang(zh) h1{letter-spacing:0}
.again{font-size:1.6rem;font-weight:300;margin-block-start:3rem;padding-block-start:2rem;
border-block-start:2px solid var(--ink)}
.part{margin-block-start:2.1rem}
.part>h2,.technical>summary{font-size:.75rem;font-weight:650;letter-spacing:.07em;
text-transform:uppercase;color:var(--muted);padding-block-end:.4rem;margin-block-end:.8rem;
border-block-end:1px solid var(--rule)}
:lang(ar) h2,:lang(zh) h2,:lang(ar) .technical>summary,:lang(zh) .technical>summary
{letter-spacing:0;font-size:.8125rem}
h3{font-size:.8125rem;font-weight:600;color:var(--muted);margin-block-end:.25rem}
h4{font-size:.8125rem;font-weight:600;color:var(--muted);margin-block:.7rem .2rem}
.facts{margin-block-start:1.6rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(11.5rem,1fr));gap:.9rem 1.75rem}
.field{min-width:0}
.grid .field:has(.finding),.grid .wide{grid-column:1/-1}
.grid .wide dd{max-width:46rem}
dt{color:var(--muted);font-size:.8125rem;line-height:1.4}
dd{overflow-wrap:anywhere}
.v{white-space:pre-line}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:1.5rem 2.5rem;
align-items:start}
.card{min-width:0}
.card .name,.item .name{font-weight:600;overflow-wrap:anywhere}
.card .name{font-size:1.0625rem;line-height:1.4}
.card .address{margin-block-end:.5rem;overflow-wrap:anywhere}
.card dl .field{display:grid;grid-template-columns:minmax(6rem,9rem) 1fr;gap:0 .9rem;
padding-block:.12rem;align-items:baseline}
.card dl .finding{grid-column:1/-1}
.absent{border:1px dashed var(--fatal);border-radius:3px;padding:.7rem .9rem}
.cards+.grid{margin-block-start:1rem}.grid+.cards{margin-block-start:1.2rem}
table{width:100%;border-collapse:collapse}
th{text-align:start;font-weight:600;font-size:.8125rem;color:var(--muted);vertical-align:bottom}
td,tbody th{vertical-align:top;padding-block:.6rem}
tbody th{font-size:inherit;font-weight:400;color:inherit}
thead th{padding-block:0 .4rem;border-block-end:1px solid var(--rule);line-height:1.35}
td,th{padding-inline:.6rem}
td:first-child,th:first-child{padding-inline-start:0}
td:last-child,th:last-child{padding-inline-end:0}
tbody tr{border-block-end:1px solid var(--line)}
tbody tr:has(+.found){border-block-end:0}
.num{text-align:end;white-space:nowrap}
.items .num .unit{white-space:normal}
.no{width:3.25rem;min-width:3rem;max-width:8rem;overflow-wrap:anywhere;color:var(--muted)}
.item{width:46%;overflow-wrap:anywhere}
.description{color:var(--muted)}
.rest{margin-block-start:.3rem;font-size:.8125rem;line-height:1.5;display:flex;flex-wrap:wrap;
gap:.05rem 1rem}
.rest dt,.rest dd{display:inline;font-size:inherit}
.rest dt{margin-inline-end:.35rem}
.found td{padding-block:0 .7rem}
.unitline{font-size:.8125rem;text-align:end;margin-block:-.5rem .3rem}
.sum{margin-inline-start:auto;max-width:31rem}
.sum th{font-weight:400;font-size:inherit;color:inherit;padding-block:.32rem}
.sum td{padding-block:.32rem}
.sum tr{border-block-end:1px solid var(--line)}
.sum .gross th,.sum .gross td{font-weight:600}
.sum .due{border-block:2px solid var(--ink)}
.sum .due th,.sum .due td{font-weight:650;font-size:1.1875rem;padding-block:.55rem;color:var(--ink)}
.notes p{max-width:44rem;margin-block-end:.5rem;overflow-wrap:anywhere}
.muted,.code,.unit{color:var(--muted)}
.code{font-size:.8125rem}
.named{font-style:italic}
.chip{display:inline-block;font-size:.75rem;line-height:1.4;color:var(--muted);
border:1px solid var(--line);border-radius:2px;padding:0 .3rem;overflow-wrap:anywhere}
.unseen{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.75em;color:var(--fatal);
border:1px solid var(--fatal);border-radius:2px;padding:0 .2em;white-space:nowrap}
.more{margin-block-start:.8rem;color:var(--muted);font-style:italic}
.file{font-weight:600;overflow-wrap:anywhere}
.summary{margin-block-start:1.5rem;padding:1rem 1.2rem;border-radius:3px;
border-inline-start:4px solid var(--tone);background:var(--tone-soft)}
.fatal{--tone:var(--fatal);--tone-soft:var(--fatal-soft)}
.warning{--tone:var(--warning);--tone-soft:var(--warning-soft)}
.information{--tone:var(--information);--tone-soft:var(--information-soft)}
.good{--tone:var(--good);--tone-soft:var(--good-soft)}
.summary h2{font-size:1.0625rem;font-weight:650;color:var(--tone);letter-spacing:0}
.counts{display:flex;flex-wrap:wrap;gap:0 1.2rem;color:var(--muted);font-size:.8125rem}
.links{list-style:none;margin-block-start:.6rem;display:grid;gap:.3rem}
.links a{color:inherit;text-decoration:none;display:grid;grid-template-columns:1.5rem 1fr}
.links a:hover,.links a:focus-visible{text-decoration:underline;text-underline-offset:.15em}
a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.sign{display:inline-grid;place-items:center;width:1.15rem;height:1.15rem;border-radius:50%;
background:var(--tone);color:var(--paper);font-size:.6875rem;font-weight:700;line-height:1;
vertical-align:.1em}
.links .sign{margin-block-start:.17rem}
.finding{margin-block:.4rem .3rem;padding:.5rem .75rem;border-radius:3px;font-size:.875rem;
line-height:1.5;white-space:normal;text-align:start;color:var(--ink);font-weight:400;
background:var(--tone-soft);border-inline-start:3px solid var(--tone)}
.finding strong{color:var(--tone);font-weight:650}
.finding:target{outline:2px solid var(--tone);outline-offset:1px}
.summary .finding{background:var(--paper)}
.finding details{font-size:.8125rem;color:var(--muted);margin-block-start:.1rem}
.finding summary{cursor:pointer}
.finding .official{color:var(--ink);margin-block:.25rem}
.path code,pre{font-family:ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;
font-size:.75rem;overflow-wrap:anywhere;white-space:pre-wrap}
.mark{background:var(--tone-soft);box-shadow:inset 0 -2px 0 var(--tone);padding:.05em .2em;
border-radius:2px}
.flag{display:inline-grid;place-items:center;width:1.05rem;height:1.05rem;border-radius:50%;
background:var(--tone);color:var(--paper);font-size:.625rem;font-weight:700;line-height:1;
text-decoration:none;vertical-align:.1em}
.nest{margin-block-start:1rem;padding-inline-start:1rem;border-inline-start:1px solid var(--line)}
.technical{margin-block-start:2.1rem}
.technical>summary{cursor:pointer}
.technical .grid{font-size:.8125rem}
pre{margin:0;line-height:1.6}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:40rem){
body{background:var(--paper)}
.sheet{margin:0;padding:1.4rem 1.1rem 2rem;border:0;border-radius:0;box-shadow:none}
h1{font-size:1.6rem}
.grid{grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.8rem 1.1rem}
.cards{grid-template-columns:1fr}
.card dl .field{grid-template-columns:7rem 1fr}
table:not(.sum) thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table:not(.sum),table:not(.sum) tbody,table:not(.sum) tr,table:not(.sum) td,
table:not(.sum) tbody th{display:block;width:auto;padding-inline:0}
table:not(.sum) tr{padding-block:.6rem}
table:not(.sum) .found{padding-block:0 .4rem}
table:not(.sum) td{padding-block:.1rem}
table:not(.sum) td.num{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;
white-space:normal}
table:not(.sum) td[data-label].num::before,table:not(.sum) td.no::before{content:attr(data-label);
color:var(--muted);font-size:.8125rem}
table:not(.sum) td.num::before{margin-inline-end:auto}
td.no{display:flex!important;gap:.4rem}
.found td::before{content:none!important}
.sum{max-width:none}
.sum .num{white-space:normal}
}
@media print{
:root{color-scheme:light;--paper:#fff;--desk:#fff;--ink:#000;--muted:#555;--line:#d5d5d5;
--rule:#999;--soft:#f6f6f6;--accent:#27496d;--fatal:#a4161a;--fatal-soft:#fcf0ef;
--warning:#7d5200;--warning-soft:#fcf5e4;--information:#27496d;--information-soft:#eef3f8;
--good:#22603a;--good-soft:#eef6f0}
@page{size:A4;margin:15mm 16mm 17mm}
html{font-size:9.6pt}
body{background:#fff}
.sheet{max-width:none;margin:0;padding:0;border:0;box-shadow:none}
.part{margin-block-start:5mm}
.card,.finding,.field,.sum tr,.taxes tr{break-inside:avoid}
tr:has(+.found){break-after:avoid}
.items tr{break-inside:auto}
.items .name,.items .field,.num{break-inside:avoid}
.sheet{line-height:1.42}
h2,h3{break-after:avoid}
thead{display:table-header-group}
.technical:not([open]){display:none}
.mark,.summary,.finding,.sign,.flag{print-color-adjust:exact;-webkit-print-color-adjust:exact}
a{color:inherit;text-decoration:none}
}
)css";

}  // namespace

std::string_view style_sheet() { return kStyle; }

}  // namespace corridor::documents
