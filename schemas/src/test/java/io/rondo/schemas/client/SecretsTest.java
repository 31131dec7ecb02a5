package io.rondo.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final String JAAS =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";";

    /** As on a cluster to try things out: a message that hides them says neither who may not, nor what. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "User:agg may not READ group rondo.sec.aggregator",
                "User:agg may not WRITE the transactional ids that begin with rondo.sec.aggregator-check",
                "aggregates",
            })
    void shouldLeaveTheUserAndLongerWordsWhereAPasswordIsTheUsersName(String text) {
        assertThat(secrets("agg", "agg").mask(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "password=agg|password=***",
                "'agg'|'***'",
                "http://agg:agg@host|http://***:***@host",
                "http://u%3Aagg@host|http://u%3A***@host",
                "User:agg with agg|User:agg with ***",
                "agg|***",
                "SuperUser:agg|SuperUser:***",
            })
    void shouldMaskAShortPasswordWhereItIsAWord(String text, String masked) {
        assertThat(secrets("agg", "agg").mask(text)).isEqualTo(masked);
    }

    @Test
    void shouldMaskALongPasswordAnywhere() {
        Secrets secrets = secrets("site", "correct-horse");

        assertThat(secrets.mask("xcorrect-horsex of User:site")).isEqualTo("x***x of User:site");
        assertThat(secrets.mask("User:correct-horse")).isEqualTo("User:***");
    }

    @Test
    void shouldMaskTheWholeEntry() {
        String jaas = JAAS.formatted("site", "pw$1\\");

        assertThat(secrets("site", "pw$1\\").mask("in " + jaas)).isEqualTo("in ***");
    }

    @Test
    void shouldMaskAPasswordThatIsAnotherUsersName() {
        assertThat(secrets("site", "agg").mask("User:agg")).isEqualTo("User:***");
    }

    private static Secrets secrets(String user, String password) {
        return Secrets.of(Map.of("sasl.jaas.config", JAAS.formatted(user, password)), "http://registry:8081");
    }
}
