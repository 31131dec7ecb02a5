package io.rondo.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class HtmlPageTest {

    @Test
    void shouldEscapeWhatStrangersWrote() {
        String html = new HtmlPage("<b>", "&")
                .facts(Map.of("reason", "\"late\" <script>"))
                .table(List.of("trainer"), List.of(List.of("<i>")))
                .html();

        assertThat(html)
                .doesNotContain("<b>", "<script", "<i>")
                .contains("&lt;b&gt;", "&quot;late&quot; &lt;script&gt;");
    }

    @Test
    void shouldLoadNothingFromElsewhere() {
        String html = new HtmlPage("a", "b")
                .figure(new LineChart("round", "loss").line("x", new double[] {1}, new double[] {2}), "c")
                .html();

        assertThat(html).doesNotContain("http", "src=", "href=", "@import", "url(");
    }

    @Test
    void shouldDrawALineThroughItsValuesAndLeaveGaps() throws Exception {
        double[] rounds = {1, 2, 3, 4};

        Document svg = parse(new LineChart("round", "loss")
                .line("mean", rounds, new double[] {0.5, Double.NaN, 0.25, 0.25})
                .svg());

        List<Element> dots = elements(svg, "circle");
        assertThat(dots).hasSize(3);
        double first = Double.parseDouble(dots.get(0).getAttribute("cy"));
        assertThat(first).isLessThan(Double.parseDouble(dots.get(1).getAttribute("cy")));
        assertThat(dots.get(1).getTextContent()).isEqualTo("mean, 3.0: 0.2500");
        assertThat(elements(svg, "polyline"))
                .extracting(line -> line.getAttribute("points").strip())
                .hasSize(2);
    }

    @Test
    void shouldDrawABarAsLongAsItsValue() throws Exception {
        Document svg = parse(new Bars("distance", List.of("q", "v", "k"), new double[] {0.5, 0.25, Double.NaN}).svg());

        assertThat(elements(svg, "rect").stream()
                        .map(bar -> Double.parseDouble(bar.getAttribute("width")))
                        .toList())
                .containsExactly(540.0, 270.0, 0.0);
        assertThat(elements(svg, "text")).extracting(Element::getTextContent).contains("q", "0.2500", "–");
    }

    @Test
    void shouldColourCellsBySignAndStrength() throws Exception {
        Document svg = parse(
                new HeatMap("cosine", List.of("q", "v"), List.of("1", "2"), new double[][] {{1, -1}, {0.5, Double.NaN}})
                        .svg());

        List<Element> cells = elements(svg, "rect");
        assertThat(cells)
                .extracting(cell -> cell.getAttribute("class"))
                .containsExactly("cell s0", "cell s1", "cell s0");
        assertThat(cells).extracting(cell -> cell.getAttribute("fill-opacity")).containsExactly("0.64", "0.64", "0.34");
    }

    @Test
    void shouldPlaceSpansInRows() throws Exception {
        Document svg = parse(new Timeline("seconds")
                .span("a", 0, 2, 0, "round 1")
                .span("b", 2, 4, 1, "round 1")
                .moment("deadline", 4)
                .svg());

        List<Element> bars = elements(svg, "rect");
        assertThat(number(bars.get(1), "x"))
                .isCloseTo(
                        number(bars.get(0), "x") + number(bars.get(0), "width"),
                        org.assertj.core.data.Offset.offset(0.1));
        assertThat(number(bars.get(1), "y")).isGreaterThan(number(bars.get(0), "y"));
    }

    @Test
    void shouldPutTicksAtRoundNumbers() {
        assertThat(new Axis(0, 1, 0, 100).ticks()).hasSize(6);
        Axis axis = new Axis(0.171, 0.93, 0, 100);
        assertThat(axis.ticks().stream().map(axis::label)).containsExactly("0.2", "0.4", "0.6", "0.8");
        Axis flat = new Axis(3, 3, 0, 100);
        assertThat(flat.place(3)).isEqualTo(50);
    }

    @Test
    void shouldRefuseAFieldOfAnotherSize() {
        assertThatThrownBy(() -> new HeatMap("x", List.of("a"), List.of("b"), new double[][] {{1, 2}}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document document, String name) {
        var nodes = document.getElementsByTagName(name);
        return java.util.stream.IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }
}
