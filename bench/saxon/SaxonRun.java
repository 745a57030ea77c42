// SPDX-License-Identifier: Apache-2.0
//
// Saxon-HE as oracle and as peer: evaluates XPath expressions, runs a style sheet over documents, and
// measures both. Run as a source file: java -cp Saxon-HE.jar SaxonRun.java MODE ARGUMENTS
//
//   xpath DOCUMENT EXPRESSIONS OUT   one expression a line; one answer a line
//   rules STYLESHEET LIST OUT        one document path a line; its findings, then an empty line
//   bench STYLESHEET SECONDS DOCUMENT...   name value unit, warm; so many seconds a document
import java.io.*;
import java.lang.management.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import javax.xml.transform.stream.StreamSource;
import net.sf.saxon.s9api.*;

public final class SaxonRun {
  private static final String[][] SPACES = {
    {"xs", "http://www.w3.org/2001/XMLSchema"}, {"fn", "http://www.w3.org/2005/xpath-functions"},
    {"a", "urn:a"}, {"b", "urn:b"},
  };

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "xpath": xpath(args[1], args[2], args[3]); break;
      case "rules": rules(args[1], args[2], args[3]); break;
      case "bench": bench(args); break;
      default: throw new IllegalArgumentException(args[0]);
    }
  }

  private static XdmNode read(Processor processor, String path) throws SaxonApiException {
    return processor.newDocumentBuilder().build(new StreamSource(new File(path)));
  }

  private static String show(XdmItem item) {
    if (item instanceof XdmNode) {
      XdmNode node = (XdmNode) item;
      String name = node.getNodeName() == null ? "" : node.getNodeName().getLocalName();
      return "node:" + name + "=" + node.getStringValue();
    }
    XdmAtomicValue value = (XdmAtomicValue) item;
    String type = value.getPrimitiveTypeName().getLocalName();
    try {
      if (type.equals("decimal") && value.getTypeName().getLocalName().equals("integer")) type = "integer";
    } catch (Exception e) {
      type = "unknown";
    }
    return type + ":" + value.getStringValue();
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\u001f", "\\u");
  }

  private static void xpath(String document, String expressions, String out) throws Exception {
    Processor processor = new Processor(false);
    XdmNode node = read(processor, document);
    XPathCompiler compiler = processor.newXPathCompiler();
    compiler.setLanguageVersion("2.0");
    for (String[] space : SPACES) compiler.declareNamespace(space[0], space[1]);
    try (PrintWriter writer = new PrintWriter(out, "UTF-8")) {
      for (String line : Files.readAllLines(Paths.get(expressions), StandardCharsets.UTF_8)) {
        XPathSelector selector;
        try {
          selector = compiler.compile(line).load();
        } catch (SaxonApiException e) {
          writer.println("STATIC " + code(e));
          continue;
        } catch (RuntimeException e) {
          writer.println("CRASH");  // a defect of the oracle, met while it folds constants
          continue;
        }
        try {
          selector.setContextItem(node);
          StringBuilder answer = new StringBuilder("OK");
          for (XdmItem item : selector.evaluate()) answer.append('\u001f').append(show(item));
          writer.println(escape(answer.toString().replace("\u001f", "\u001e")));
        } catch (SaxonApiException e) {
          writer.println("ERROR " + code(e));
        } catch (RuntimeException e) {
          writer.println("CRASH");  // a defect of the oracle
        }
      }
    }
  }

  private static String code(SaxonApiException e) {
    return e.getErrorCode() == null ? "none" : e.getErrorCode().getLocalName();
  }

  private static XsltExecutable compile(Processor processor, String sheet) throws SaxonApiException {
    return processor.newXsltCompiler().compile(new StreamSource(new File(sheet)));
  }

  private static String transform(Processor processor, XsltExecutable sheet, XdmNode node)
      throws SaxonApiException {
    StringWriter text = new StringWriter();
    XsltTransformer transformer = sheet.load();
    transformer.setInitialContextNode(node);
    transformer.setDestination(processor.newSerializer(text));
    transformer.setErrorListener(new Silent());
    transformer.transform();
    return text.toString();
  }

  private static final class Silent implements javax.xml.transform.ErrorListener {
    public void warning(javax.xml.transform.TransformerException e) {}
    public void error(javax.xml.transform.TransformerException e) {}
    public void fatalError(javax.xml.transform.TransformerException e) {}
  }

  private static void rules(String sheet, String list, String out) throws Exception {
    Processor processor = new Processor(false);
    XsltExecutable executable = compile(processor, sheet);
    try (PrintWriter writer = new PrintWriter(out, "UTF-8")) {
      for (String path : Files.readAllLines(Paths.get(list), StandardCharsets.UTF_8)) {
        try {
          writer.print(transform(processor, executable, read(processor, path)));
        } catch (SaxonApiException e) {
          writer.println("ERROR " + code(e));
        }
        writer.println();
      }
    }
  }

  private static void bench(String[] args) throws Exception {
    Processor processor = new Processor(false);
    long start = System.nanoTime();
    XsltExecutable executable = compile(processor, args[1]);
    System.out.printf(Locale.ROOT, "compile %.3f ms%n", (System.nanoTime() - start) / 1e6);
    // CPU time of this thread, as on the other side: what else the machine does is not counted, nor
    // are the threads that compile and collect garbage for it.
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long seconds = Long.parseLong(args[2]);
    for (int i = 3; i < args.length; ++i) {
      byte[] bytes = Files.readAllBytes(Paths.get(args[i]));
      double bestParse = 1e18;
      double bestCheck = 1e18;
      long end = clock.getCurrentThreadCpuTime() + seconds * 1_000_000_000L;
      do {
        long a = clock.getCurrentThreadCpuTime();
        XdmNode node =
            processor.newDocumentBuilder().build(new StreamSource(new ByteArrayInputStream(bytes)));
        long b = clock.getCurrentThreadCpuTime();
        transform(processor, executable, node);
        long c = clock.getCurrentThreadCpuTime();
        bestParse = Math.min(bestParse, b - a);
        bestCheck = Math.min(bestCheck, c - b);
      } while (clock.getCurrentThreadCpuTime() < end);
      System.out.printf(Locale.ROOT, "parse %.3f us%ncheck %.3f us%n", bestParse / 1e3, bestCheck / 1e3);
    }
  }
}
