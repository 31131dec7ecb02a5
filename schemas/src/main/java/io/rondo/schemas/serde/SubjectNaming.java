package io.rondo.schemas.serde;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/** How subjects are named; {@code value.subject.name.strategy} selects it by Confluent's class names. */
enum SubjectNaming {
    RECORD("RecordNameStrategy") {
        @Override
        String subject(String topic, Schema schema) {
            return schema.getFullName();
        }
    },
    TOPIC("TopicNameStrategy") {
        @Override
        String subject(String topic, Schema schema) {
            return topic + "-value";
        }
    },
    TOPIC_RECORD("TopicRecordNameStrategy") {
        @Override
        String subject(String topic, Schema schema) {
            return topic + '-' + schema.getFullName();
        }
    };

    static final String CONFLUENT_PACKAGE = "io.confluent.kafka.serializers.subject.";

    private final String className;

    SubjectNaming(String className) {
        this.className = className;
    }

    abstract String subject(String topic, Schema schema);

    /** The class name that Confluent's serializers take. */
    String confluentName() {
        return CONFLUENT_PACKAGE + className;
    }

    /** The naming of a class name, with or without its package. */
    static SubjectNaming of(String name) {
        String simple = name.substring(name.lastIndexOf('.') + 1);
        return Arrays.stream(values())
                .filter(naming -> naming.className.equals(simple))
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.BAD_CONFIG,
                        "value.subject.name.strategy=" + name + " is not supported",
                        "use one of "
                                + Arrays.stream(values())
                                        .map(SubjectNaming::confluentName)
                                        .collect(Collectors.joining(", "))));
    }
}
