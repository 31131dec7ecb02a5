package io.rondo.cli.report;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One HTML file, built from top to bottom; it loads nothing from anywhere, and follows the reader's choice of light or dark. */
public final class HtmlPage {
    private static final String STYLE = resource("charts.css") + resource("page.css");

    private final String title;
    private final StringBuilder body = new StringBuilder();

    /** The style sheet of pictures, which other pages that hold some share: colours for light and dark, and the looks of figures. */
    public static String chartStyle() {
        return resource("charts.css");
    }

    private static String resource(String name) {
        try (InputStream file = HtmlPage.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param lead one line below the title */
    public HtmlPage(String title, String lead) {
        this.title = title;
        body.append("<h1>").append(Svg.escape(title)).append("</h1>\n");
        body.append("<p class=\"lead\">").append(Svg.escape(lead)).append("</p>\n");
    }

    public HtmlPage section(String heading) {
        return add("<h2>" + Svg.escape(heading) + "</h2>");
    }

    public HtmlPage text(String paragraph) {
        return add("<p>" + Svg.escape(paragraph) + "</p>");
    }

    /** Single values that come before everything else, in the map's order. */
    public HtmlPage facts(Map<String, String> facts) {
        StringBuilder list = new StringBuilder("<dl>");
        facts.forEach((name, value) -> list.append("<div><dt>")
                .append(Svg.escape(name))
                .append("</dt><dd>")
                .append(Svg.escape(value))
                .append("</dd></div>"));
        return add(list.append("</dl>").toString());
    }

    /** A table; the first column is aligned to the left, the others to the right. */
    public HtmlPage table(List<String> header, List<List<String>> rows) {
        StringBuilder table = new StringBuilder("<div class=\"wide\"><table><thead>");
        row(table, "th", header);
        table.append("</thead><tbody>\n");
        rows.forEach(cells -> row(table, "td", cells));
        return add(table.append("</tbody></table></div>").toString());
    }

    private static void row(StringBuilder table, String element, List<String> cells) {
        table.append("<tr>");
        cells.forEach(cell -> table.append('<').append(element).append('>').append(Svg.escape(cell)));
        table.append("</tr>\n");
    }

    public HtmlPage figure(Figure figure, String caption) {
        return add("<figure>" + figure.svg() + "<figcaption>" + Svg.escape(caption) + "</figcaption></figure>");
    }

    private HtmlPage add(String element) {
        body.append(element).append('\n');
        return this;
    }

    /** The whole file. */
    public String html() {
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
                + Svg.escape(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    /** @throws RondoException with {@code BAD_CONFIG} when the file cannot be written */
    public void write(Path file) {
        try {
            Files.writeString(file, html(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "cannot write " + file + ": " + e,
                    "give a file in a directory that you may write",
                    e);
        }
    }
}
