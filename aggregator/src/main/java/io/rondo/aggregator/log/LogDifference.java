package io.rondo.aggregator.log;

import io.rondo.schemas.topic.Topic;

/**
 * A place where the log contradicts its own records. Unknown values are -1 or empty.
 *
 * @param round the round
 * @param trainer whose record it is
 * @param topic name of the topic
 * @param partition its partition
 * @param offset offset of the record
 * @param tensor name of the tensor
 * @param element index of the first element that differs, row-major within the tensor
 * @param what what is wrong, with the values
 */
public record LogDifference(
        int round, String trainer, String topic, int partition, long offset, String tensor, long element, String what) {

    /** A difference that concerns the log as a whole. */
    public static LogDifference of(String what) {
        return new LogDifference(-1, "", "", -1, -1, "", -1, what);
    }

    public LogDifference in(int itsRound) {
        return new LogDifference(itsRound, trainer, topic, partition, offset, tensor, element, what);
    }

    public LogDifference by(String itsTrainer) {
        return new LogDifference(round, itsTrainer, topic, partition, offset, tensor, element, what);
    }

    public LogDifference at(Topic itsTopic, int itsPartition, long itsOffset) {
        return new LogDifference(round, trainer, itsTopic.name(), itsPartition, itsOffset, tensor, element, what);
    }

    public LogDifference at(JobShape.ElementPlace place) {
        return new LogDifference(round, trainer, topic, partition, offset, place.tensor(), place.element(), what);
    }

    public LogDifference saying(String itsWhat) {
        return new LogDifference(round, trainer, topic, partition, offset, tensor, element, itsWhat);
    }

    /** One line: the place, then the difference. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, round >= 0, "round " + round);
        append(text, !trainer.isEmpty(), "trainer " + trainer);
        append(text, !tensor.isEmpty(), "tensor " + tensor + (element < 0 ? "" : " from element " + element));
        append(
                text,
                offset >= 0,
                "offset " + offset + " of " + topic + (partition < 0 ? "" : ", partition " + partition));
        return text.isEmpty() ? what : text + ": " + what;
    }

    private static void append(StringBuilder text, boolean isKnown, String part) {
        if (isKnown) {
            text.append(text.isEmpty() ? "" : ", ").append(part);
        }
    }
}
