package io.rondo.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "site-a", "Größe – 3 × 4 ≤ 5 … ↓ ┆", "日本語", "a b", "😀"})
    void shouldLeaveWhatAPersonCanRead(String text) {
        assertThat(ForeignText.visible(text)).isSameAs(text);
        assertThat(ForeignText.visibleLines(text)).isSameAs(text);
    }

    @Test
    void shouldEscapeWhatATerminalActsOn() {
        assertThat(ForeignText.visible("a\u001b[2Jb")).isEqualTo("a\\u001b[2Jb");
        assertThat(ForeignText.visible("a\r\nb\tc\0")).isEqualTo("a\\u000d\\u000ab\\u0009c\\u0000");
        assertThat(ForeignText.visible("\u009b31m")).isEqualTo("\\u009b31m");
    }

    @Test
    void shouldEscapeWhatReversesOrHidesText() {
        assertThat(ForeignText.visible("\u202eevil\u200b\u2028")).isEqualTo("\\u202eevil\\u200b\\u2028");
        assertThat(ForeignText.visible("half \ud83d")).isEqualTo("half \\ud83d");
        assertThat(ForeignText.visible("\udb40\udc41")).isEqualTo("\\u{e0041}");
    }

    @Test
    void shouldKeepTheEndsOfLinesOfOurOwnText() {
        assertThat(ForeignText.visibleLines("one\ntwo\r\nthree\u001b")).isEqualTo("one\ntwo\r\nthree\\u001b");
    }

    @Test
    void shouldCutWhatNobodyReads() {
        assertThat(ForeignText.brief("abcdef", 6)).isEqualTo("abcdef");
        assertThat(ForeignText.brief("abcdefg", 6)).isEqualTo("abcdef…");
        assertThat(ForeignText.brief("\u001b".repeat(1_000_000), 6)).isEqualTo("\\u001b…");
    }
}
