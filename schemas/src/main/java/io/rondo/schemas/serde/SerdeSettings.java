package io.rondo.schemas.serde;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of both directions, under Confluent's property names where Confluent has one.
 *
 * @param registry how to reach the registry
 * @param naming {@code value.subject.name.strategy}, by default the record's name
 * @param register {@code auto.register.schemas}, by default true as with Confluent
 * @param maxRecordBytes {@code rondo.max.record.bytes}, by default 2 MiB: larger values are refused unread
 */
record SerdeSettings(RegistrySettings registry, SubjectNaming naming, boolean register, int maxRecordBytes) {
    static final String AUTO_REGISTER = "auto.register.schemas";
    static final String NAMING = "value.subject.name.strategy";
    static final String MAX_RECORD_BYTES = "rondo.max.record.bytes";
    static final int DEFAULT_MAX_RECORD_BYTES = 2 << 20;

    static SerdeSettings of(Map<String, ?> config) {
        return new SerdeSettings(
                RegistrySettings.of(config),
                text(config, NAMING).map(SubjectNaming::of).orElse(SubjectNaming.RECORD),
                flag(config, AUTO_REGISTER, true),
                maxRecordBytes(config));
    }

    static int maxRecordBytes(Map<String, ?> config) {
        return number(config, MAX_RECORD_BYTES, DEFAULT_MAX_RECORD_BYTES);
    }

    static Optional<String> text(Map<String, ?> config, String key) {
        Object value = config.get(key);
        if (value == null) {
            return Optional.empty();
        }
        String text = value instanceof Class<?> type
                ? type.getName()
                : value.toString().strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    static boolean flag(Map<String, ?> config, String key, boolean otherwise) {
        String text = text(config, key).orElse(Boolean.toString(otherwise));
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw bad(key, text, "write true or false");
        };
    }

    static int number(Map<String, ?> config, String key, int otherwise) {
        String text = text(config, key).orElse(Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, like a negative one
        }
        throw bad(key, text, "write a whole number from 0 to " + Integer.MAX_VALUE);
    }

    private static RondoException bad(String key, String value, String nextStep) {
        return new RondoException(ErrorCode.BAD_CONFIG, key + "=" + value + " is not a valid setting", nextStep);
    }
}
