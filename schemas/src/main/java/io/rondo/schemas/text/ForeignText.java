package io.rondo.schemas.text;

import java.util.function.IntPredicate;

/**
 * Escapes text from a record, a file or a service that someone else controls. Printed unescaped, it could move the cursor,
 * forge log lines or reverse the direction of the text after it.
 */
public final class ForeignText {
    private ForeignText() {}

    /** The text with every invisible character except the space escaped, such as {@code \u001b}. */
    public static String visible(String text) {
        return visible(text, ForeignText::isVisible);
    }

    /** As {@link #visible(String)}, but keeps line ends: for text that contains foreign text. */
    public static String visibleLines(String text) {
        return visible(text, character -> isVisible(character) || character == '\n' || character == '\r');
    }

    private static String visible(String text, IntPredicate stays) {
        if (text.codePoints().allMatch(stays)) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (stays.test(character)) {
                visible.appendCodePoint(character);
            } else {
                visible.append(character > 0xffff ? "\\u{%x}".formatted(character) : "\\u%04x".formatted(character));
            }
        });
        return visible.toString();
    }

    /** As {@link #visible(String)}, limited to this many characters, with … where the text is cut. */
    public static String brief(String text, int most) {
        String visible = visible(text.length() <= most ? text : text.substring(0, most));
        return visible.length() <= most && text.length() <= most
                ? visible
                : visible.substring(0, Math.min(most, visible.length())) + "…";
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
