package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.round.InputTopic;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InputFeedTest {
    private static final JobTopics TOPICS = new JobTopics("feed", 1, 1);

    private final InMemoryLog log = new InMemoryLog();
    private final Map<InputTopic, Long> unanswered = new EnumMap<>(InputTopic.class);
    private final List<String> answered = new ArrayList<>();

    @Test
    void shouldGiveWhatHasNoAnswerInSlices() {
        append(TOPICS.commands(), 1);
        append(TOPICS.manifests(), 5);
        unanswered.put(InputTopic.COMMANDS, 1L);
        unanswered.put(InputTopic.MANIFESTS, 2L);

        try (InputFeed feed = feed()) {
            assertThat(catchUp(feed, 2)).isFalse();
            assertThat(answered).containsExactly("MANIFESTS 2", "MANIFESTS 3");
            assertThat(catchUp(feed, 2)).isTrue();
            assertThat(answered).hasSize(3).endsWith("MANIFESTS 4");
            assertThat(feed.unseenFrom(InputTopic.MANIFESTS)).isEqualTo(5);
            assertThat(feed.unseenFrom(InputTopic.COMMANDS)).isEqualTo(1);
        }
    }

    @Test
    void shouldGiveALiveRecordThatCameTooEarlyInItsTurn() {
        append(TOPICS.manifests(), 2);
        try (InputFeed feed = feed()) {
            assertThat(catchUp(feed, 1)).isFalse();
            append(TOPICS.manifests(), 1);
            feed.passOver(InputTopic.MANIFESTS, 2);

            assertThat(catchUp(feed, 10)).as("the log is longer by now").isFalse();
            assertThat(catchUp(feed, 10)).isTrue();
        }

        assertThat(answered).containsExactly("MANIFESTS 0", "MANIFESTS 1", "MANIFESTS 2");
    }

    @Test
    void shouldNotGiveALiveRecordAgainThatTheLogHad() {
        append(TOPICS.manifests(), 2);
        try (InputFeed feed = feed()) {
            assertThat(catchUp(feed, 1)).isFalse();
            feed.passOver(InputTopic.MANIFESTS, 1);

            assertThat(catchUp(feed, 10)).isTrue();
        }

        assertThat(answered).containsExactly("MANIFESTS 0", "MANIFESTS 1");
    }

    @Test
    void shouldCountLiveRecordsAsSeen() {
        try (InputFeed feed = feed()) {
            assertThat(catchUp(feed, 1)).isTrue();
            feed.seen(InputTopic.PARTS, 6);

            assertThat(feed.unseenFrom(InputTopic.PARTS)).isEqualTo(7);
            unanswered.put(InputTopic.PARTS, 9L);
            assertThat(feed.unseenFrom(InputTopic.PARTS)).isEqualTo(9);
        }
    }

    private InputFeed feed() {
        Map<InputTopic, Topic> inputs = new EnumMap<>(InputTopic.class);
        inputs.put(InputTopic.COMMANDS, TOPICS.commands());
        inputs.put(InputTopic.MANIFESTS, TOPICS.manifests());
        inputs.put(InputTopic.PARTS, TOPICS.parts());
        return new InputFeed(log, inputs, topic -> unanswered.getOrDefault(topic, 0L));
    }

    private boolean catchUp(InputFeed feed, int most) {
        return feed.catchUp(most, (topic, entry) -> answered.add(topic + " " + entry.offset()));
    }

    private void append(Topic topic, int records) {
        for (int i = 0; i < records; i++) {
            log.append(topic.name(), 0, 0, null, new byte[0]);
        }
    }
}
