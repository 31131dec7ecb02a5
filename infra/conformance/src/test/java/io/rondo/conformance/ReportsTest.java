package io.rondo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.output.Json;
import io.rondo.conformance.Outcome.Verdict;
import io.rondo.conformance.scenario.Scenario;
import io.rondo.conformance.scenario.Scenario.Level;
import io.rondo.conformance.scenario.Scenarios;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportsTest {
    @TempDir
    private Path directory;

    private final ConformanceReport report = new ConformanceReport(
            "my-trainer",
            List.of(
                    new Outcome(named("joins"), Verdict.PASS, "", 1.5),
                    new Outcome(named("bf16"), Verdict.FAIL, "chunk 3 is\u0000 <bad>\nand more", 2),
                    new Outcome(named("same-seed"), Verdict.FAIL, "differs", 1),
                    new Outcome(named("broker-away"), Verdict.SKIP, "not the kit's own", 0)));

    private static Scenario named(String name) {
        return Scenarios.all().stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldNotCountWhatIsSkippedAsPassed() {
        assertThat(report.summary()).isEqualTo("4 scenarios: 1 passed, 2 failed, 1 skipped");
    }

    /** Programs read it. */
    @Test
    void shouldPrintItsNamesInTheirOrder() throws Exception {
        ConformanceReport one = new ConformanceReport(
                "my-trainer", List.of(new Outcome(named("broker-away"), Verdict.SKIP, "not the kit's own", 0.12345)));

        assertThat(Json.MAPPER.writeValueAsString(one.json()))
                .isEqualTo("{\"trainer\":\"my-trainer\",\"scenarios\":[{\"name\":\"broker-away\",\"level\":\"MUST\","
                        + "\"section\":\"4, step 12\","
                        + "\"requirement\":\"after an outage of the broker the trainer goes on\","
                        + "\"verdict\":\"SKIP\",\"reason\":\"not the kit's own\",\"seconds\":0.123}],\"passed\":0,"
                        + "\"failed\":[],\"skipped\":[\"broker-away\"]}");
    }

    @Test
    void shouldTakeOnlyMustForViolations() {
        assertThat(report.violations())
                .extracting(outcome -> outcome.scenario().name())
                .containsExactly("bf16");
    }

    @Test
    void shouldSayWhyAndWhatToRead() {
        assertThat(ReportText.of(report))
                .contains("chunk 3 is", "read: schemas/README.md, section 3")
                .contains("not the kit's own");
    }

    @Test
    void shouldWriteXmlThatParses() throws Exception {
        Path file = directory.resolve("report.xml");

        JUnitReport.write(report, file);

        Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        assertThat(xml.getDocumentElement().getAttribute("tests")).isEqualTo("4");
        assertThat(xml.getDocumentElement().getAttribute("failures")).isEqualTo("2");
        assertThat(xml.getElementsByTagName("skipped").getLength()).isEqualTo(1);
        assertThat(Files.readString(file)).contains("&lt;bad&gt;");
    }

    @Test
    void shouldHaveScenariosThatCiteTheContract() throws Exception {
        String contract = Files.readString(Path.of("../../schemas/README.md"));
        String page = Files.readString(Path.of("../../docs/how-to/conformance.md"));
        List<Scenario> all = Scenarios.all();

        assertThat(all).extracting(Scenario::name).doesNotHaveDuplicates();
        assertThat(all.stream()
                        .filter(scenario -> scenario.level() == Level.MUST)
                        .count())
                .isGreaterThan(25);
        assertThat(all).allSatisfy(scenario -> {
            assertThat(contract).contains("\n## " + scenario.section().split(",", 2)[0] + ". ");
            assertThat(page).contains('`' + scenario.name() + '`');
        });
    }
}
