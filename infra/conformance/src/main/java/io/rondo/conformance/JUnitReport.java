package io.rondo.conformance;

import io.rondo.conformance.Outcome.Verdict;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A report in the form of JUnit's XML, which build servers show. A scenario is a test case; what is skipped is not passed. */
public final class JUnitReport {
    private JUnitReport() {}

    /** @throws RondoException with {@code BAD_CONFIG} when the file cannot be written */
    public static void write(ConformanceReport report, Path file) {
        try (Writer out = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "rondo-conformance");
            xml.writeAttribute("tests", Integer.toString(report.outcomes().size()));
            xml.writeAttribute(
                    "failures", Integer.toString(report.with(Verdict.FAIL).size()));
            xml.writeAttribute(
                    "skipped", Integer.toString(report.with(Verdict.SKIP).size()));
            xml.writeAttribute("errors", "0");
            for (Outcome outcome : report.outcomes()) {
                write(outcome, xml);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (IOException | XMLStreamException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the report cannot be written to " + file + ": " + e,
                    "give --junit a file in an existing directory",
                    e);
        }
    }

    private static void write(Outcome outcome, XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", "rondo.conformance");
        xml.writeAttribute("name", outcome.scenario().name());
        xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", outcome.seconds()));
        if (outcome.verdict() == Verdict.FAIL) {
            xml.writeStartElement("failure");
            xml.writeAttribute("type", outcome.scenario().level().name());
            xml.writeAttribute(
                    "message", printable(outcome.reason().lines().findFirst().orElse("")));
            xml.writeCharacters(
                    printable(outcome.reason()) + System.lineSeparator() + "read: " + ReportText.page(outcome));
            xml.writeEndElement();
        } else if (outcome.verdict() == Verdict.SKIP) {
            xml.writeEmptyElement("skipped");
            xml.writeAttribute("message", printable(outcome.reason()));
        }
        xml.writeEndElement();
    }

    /** XML has no control characters, and a trainer may print any. */
    private static String printable(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]", "?");
    }
}
