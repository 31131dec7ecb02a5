package io.rondo.page.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.page.KeptArchives;
import io.rondo.page.SyntheticLogs;
import io.rondo.page.http.PageServer;
import io.rondo.page.http.PageSettings;
import io.rondo.page.log.ArchiveLogs;
import io.rondo.page.log.PageLogs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page as a browser shows it. Pictures of it are left in {@code target/pages}. */
@Timeout(300)
class PageInChromiumIT {
    private static final String SHOWN = "document.querySelectorAll('.g-row').length > 2"
            + " && document.querySelector('.chart svg') && document.querySelectorAll('table').length === 2";

    private static Chromium browser;

    private PageServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> program = Chromium.program();
        Assumptions.assumeTrue(
                program.isPresent(), "there is no chromium here: install it (Debian: apt-get install chromium)");
        browser = Chromium.start(program.get());
    }

    @AfterEach
    void stopServer() {
        browser.open("about:blank");
        if (server != null) {
            server.close();
        }
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void shouldShowARealJobAndVerifyARound() throws Exception {
        serve(new ArchiveLogs(KeptArchives.latest("trained", directory)), Optional.empty());
        browser.look(1440, 900, "light");
        browser.open(server.url());
        browser.await(SHOWN);

        assertThat(text("h1")).isNotBlank();
        assertThat(text("dl.tiles")).contains("published").contains("accuracy");
        browser.value("[...document.querySelectorAll('.g-row a')][0].click()");
        browser.await("document.querySelector('h1')?.textContent.startsWith('Round ')");
        browser.await("document.querySelector('button.main')");
        browser.value("document.querySelector('button.main').click()");
        browser.await("document.querySelector('.notice.good')");
        assertThat(text(".notice.good")).contains("Bit-identical");
        browser.await("document.querySelector('[aria-label=\"Decisions about the round\"] tbody tr')");
        picture("round-1440-light");
        assertThat(browser.complaints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"360, light", "360, dark", "800, light", "800, dark", "1440, light", "1440, dark"})
    void shouldFitTheWindow(int width, String scheme) throws Exception {
        serve(new SyntheticLogs(3, 11), Optional.empty());
        browser.look(width, 900, scheme);
        browser.open(server.url());
        browser.await(SHOWN);

        assertThat(browser.value("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(width);
        assertThat(browser.value("""
            [...document.querySelectorAll('button, a, input, select, [role=grid], [role=img]')]
              .filter(e => !e.hidden && !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length))
              .map(e => e.outerHTML.slice(0, 120))\
            """).size())
                .as("whatever can be used or looked at has a name")
                .isZero();
        for (String colour : List.of("ink", "dim", "accent", "good", "warn", "bad", "wait")) {
            assertThat(contrast(colour)).as(colour + " on paper").isGreaterThanOrEqualTo(4.5);
        }
        picture("job-" + width + '-' + scheme);
    }

    /** The ratio of WCAG 2. */
    private static double contrast(String colour) {
        return browser.value("""
            (() => {
              const style = getComputedStyle(document.documentElement);
              const light = (name) => {
                const hex = style.getPropertyValue('--' + name).trim().slice(1);
                const [r, g, b] = [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
                  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const [a, b] = [light('%s'), light('paper')].sort((x, y) => y - x);
              return (a + 0.05) / (b + 0.05);
            })()\
            """.formatted(colour)).asDouble();
    }

    @Test
    void shouldScrollThroughAThousandRoundsOfTwoHundredTrainers() throws Exception {
        serve(new SyntheticLogs(200, 1_000), Optional.empty());
        browser.look(1440, 900, "light");
        browser.open(server.url());
        browser.await(SHOWN);
        browser.await("document.querySelector('dl.tiles')?.textContent.includes('999 of 1000')");

        browser.value("(() => { const g = document.querySelector('.matrix'); g.scrollTop = 17000; g.scrollLeft = 99999;"
                + " })()");
        browser.await("[...document.querySelectorAll('[role=gridcell]')].some(c => /round 50\\d, site-199:"
                + " accepted/.test(c.ariaLabel))");
        browser.value("document.querySelector('.matrix').scrollTop = 1e9");
        browser.await("[...document.querySelectorAll('[role=gridcell]')].some(c => /round 1, site-199:"
                + " accepted/.test(c.ariaLabel))");

        assertThat(browser.value("document.querySelectorAll('*').length").asInt())
                .as("what cannot be seen is not in the document")
                .isLessThan(6_000);
        assertThat(browser.value("Math.max(...performance.getEntriesByType('resource').map(e => e.decodedBodySize))")
                        .asInt())
                .as("bytes of the largest answer")
                .isLessThan(600_000);
        picture("grid-200-by-1000");
    }

    @Test
    void shouldBeUsableByKeyboard() throws Exception {
        serve(new SyntheticLogs(30, 100), Optional.empty());
        browser.look(1440, 900, "light");
        browser.open(server.url());
        browser.await(SHOWN);
        browser.await("document.querySelector('dl.tiles')?.textContent.includes('99 of 100')");
        browser.value("document.querySelector('.matrix').focus()");
        browser.press("ArrowDown");
        browser.press("ArrowRight");
        browser.await("/Round 98, site-001: /.test(document.getElementById('grid-detail').textContent)");
        browser.press("End");
        browser.await("/Round 98, site-029: /.test(document.getElementById('grid-detail').textContent)");
        // the text changes at once, the cells with the next frame
        browser.await("document.getElementById(document.querySelector('.matrix').getAttribute('aria-activedescendant'))"
                + "?.ariaLabel.startsWith('round 98, site-029: ')");
        browser.press("Enter");
        browser.await("document.querySelector('h1')?.textContent === 'Round 98'");
        browser.await("document.activeElement.id === 'main'");
    }

    @Test
    void shouldRunNothingThatStandsInALog() throws Exception {
        serve(new SyntheticLogs(3, 40), Optional.empty());
        browser.look(1440, 900, "light");
        browser.open(server.url());
        browser.await(SHOWN);
        browser.value("document.querySelectorAll('.chart').forEach(c => c.scrollIntoView())");
        browser.await(
                "[...document.querySelectorAll('.chart svg text')].some(t => t.textContent.startsWith('<script>'))");

        assertThat(text("table")).contains(SyntheticLogs.HOSTILE);
        assertThat(browser.value("document.querySelectorAll('main script, main img, main iframe, main"
                                + " [onerror]').length")
                        .asInt())
                .isZero();
        browser.open(server.url() + "/#/test/rounds/17");
        browser.await("document.querySelector('h1')?.textContent === 'Round 17'");
        browser.await("document.body.textContent.includes('rejected: <script>')");
        assertThat(browser.value("typeof window.hit").asText()).isEqualTo("undefined");
        assertThat(browser.value("""
            new Promise(done => {
              addEventListener('securitypolicyviolation', e => done(e.violatedDirective), { once: true });
              const script = document.createElement('script');
              script.textContent = 'window.hit = 3';
              document.body.append(script);
            })\
            """).asText())
                .as("and if it were there, the policy would refuse it")
                .startsWith("script-src");
        assertThat(browser.value("typeof window.hit").asText()).isEqualTo("undefined");
    }

    @Test
    void shouldShowWhatHappensWithoutBeingAsked() throws Exception {
        SyntheticLogs logs = new SyntheticLogs(3, 11);
        serve(logs, Optional.empty());
        browser.look(1440, 900, "light");
        browser.open(server.url());
        browser.await(SHOWN);
        browser.await("document.querySelector('.live.on')");

        logs.add(logs.opened(11));
        browser.await("document.querySelector('.notice.wait')?.textContent.includes('round 11 waits for')");
        browser.await("document.querySelector('.g-row.s-open .v-awaited')");
    }

    @Test
    void shouldAskForAPassword() throws Exception {
        Path file = directory.resolve("password");
        Files.writeString(file, "correct horse battery\n");
        serve(new SyntheticLogs(3, 11), Optional.of(file));
        browser.look(800, 900, "light");
        browser.open(server.url());
        browser.await("document.querySelector('input[type=password]')");
        logIn("wrong");
        browser.await("document.querySelector('[role=alert]').textContent.includes('not the password')");
        logIn("correct horse battery");
        browser.await(SHOWN);
        browser.value("document.getElementById('logout').click()");
        browser.await("document.querySelector('input[type=password]')");
    }

    private static void logIn(String password) {
        browser.value("document.querySelector('input[type=password]').value = '" + password
                + "'; document.querySelector('form button').click()");
    }

    private void serve(PageLogs logs, Optional<Path> login) {
        server = PageServer.start(
                new PageSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), login, List.of()),
                logs,
                "test");
    }

    private static String text(String selector) {
        JsonNode text = browser.value("document.querySelector('" + selector + "')?.textContent ?? ''");
        return text.asText();
    }

    private static void picture(String name) throws Exception {
        browser.picture(Path.of("target/pages", name + ".png"));
    }
}
