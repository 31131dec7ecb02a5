package io.rondo.demo;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What a trainer of a demo is written in. */
public enum Language {
    /** {@code rondo trainer}. */
    JAVA,
    /** {@code rondo-trainer} of the Python package, with PyTorch and PEFT. */
    PYTHON;

    private static final int MOST_TRAINERS = 50;

    /**
     * The trainers of a demo.
     *
     * @param text a number of trainers in the language of the task, or a language for each, such as {@code java,python}
     * @param usual the language where only a number is given
     */
    public static List<Language> list(String text, Language usual) {
        if (text.matches("\\d{1,9}")) {
            int count = Integer.parseInt(text);
            if (count < 1 || count > MOST_TRAINERS) {
                throw unknown(text);
            }
            return Collections.nCopies(count, usual);
        }
        List<Language> languages = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            languages.add(
                    switch (name.strip()) {
                        case "java" -> JAVA;
                        case "python" -> PYTHON;
                        default -> throw unknown(text);
                    });
        }
        if (languages.size() > MOST_TRAINERS) {
            throw unknown(text);
        }
        return List.copyOf(languages);
    }

    private static RondoException unknown(String text) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                "--trainers is " + text,
                "give --trainers 1 to " + MOST_TRAINERS + ", or languages such as java,java,python");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
