package io.rondo.cli.report;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One HTML file, built from top to bottom; it loads nothing from anywhere, and follows the reader's choice of light or dark. */
public final class HtmlPage {
    private static final String STYLE = """
            :root { color-scheme: light dark; --paper: #fdfdfc; --ink: #1d2329; --dim: #5b6570; --rule: #d9dde1; --tile: #f2f4f5;
              --c0: #0b6bb5; --c1: #c4500c; --c2: #0a8a64; --c3: #a8447f; --c4: #a87400; --c5: #5b4fc4; --c6: #6d7780; --c7: #8a5a3c; }
            @media (prefers-color-scheme: dark) {
              :root { --paper: #14181c; --ink: #e6eaee; --dim: #9aa5b0; --rule: #333b43; --tile: #1d2329;
                --c0: #5db4f4; --c1: #ff9257; --c2: #43cfa2; --c3: #e58cc0; --c4: #eeb844; --c5: #a79cff; --c6: #a9b4be; --c7: #cf9d7d; } }
            body { background: var(--paper); color: var(--ink); margin: 2rem auto; max-width: 60rem; padding: 0 1.2rem;
              font: 15px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
            p { max-width: 46rem; } p.lead, figcaption { color: var(--dim); }
            dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .7rem; margin: 1rem 0; }
            dl div { background: var(--tile); border-radius: 6px; padding: .5rem .8rem; }
            dt { color: var(--dim); font-size: .8rem; } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
            .wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: .25rem .7rem; border-bottom: 1px solid var(--rule); white-space: nowrap; }
            th { color: var(--dim); font-weight: 500; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
            figure { margin: 1rem 0; } svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; fill: var(--ink); }
            svg text { fill: var(--dim); } .grid { stroke: var(--rule); } .axis, .moment { stroke: var(--dim); }
            .moment { stroke-dasharray: 4 3; } .line { fill: none; stroke: var(--s); stroke-width: 2; stroke-linejoin: round; }
            .dot, .cell, .bar { fill: var(--s); } .cell + text { fill: var(--ink); } .band { fill: var(--s); fill-opacity: .16; }
            """;

    private final String title;
    private final StringBuilder body = new StringBuilder();

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
        StringBuilder colours = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            colours.append(".s%d { --s: var(--c%d); }%n".formatted(i, i));
        }
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
                + Svg.escape(title)
                + "</title>\n<style>\n" + STYLE + colours + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
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
