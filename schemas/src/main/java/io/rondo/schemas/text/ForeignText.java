package io.rondo.schemas.text;

import java.util.function.IntPredicate;

/**
 * Text from a record, a file or a service that someone else controls. Printed as it is, it could move the cursor, forge lines of a log or
 * reverse the direction of what follows.
 */
public final class ForeignText {
    private ForeignText() {}

    /** The text with every character that is not visible, but the space, written as an escape such as {@code \u001b}. */
    public static String visible(String text) {
        return visible(text, ForeignText::isVisible);
    }

    /** As {@link #visible(String)}, but ends of lines stay: for text of which foreign text is a part. */
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

    /** As {@link #visible(String)}, and at most so many characters of it, with … at the end of what is cut. */
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
