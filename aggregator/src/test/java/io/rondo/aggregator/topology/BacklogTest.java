package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.round.InputOrder;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final JobTopics TOPICS = new JobTopics("backlog", 1, 1);

    @Test
    void shouldGiveInputsInTheOrderInWhichAllOfThemWouldBeMerged() {
        Map<InputTopic, Topic> inputs = new EnumMap<>(InputTopic.class);
        inputs.put(InputTopic.COMMANDS, TOPICS.commands());
        inputs.put(InputTopic.MANIFESTS, TOPICS.manifests());
        inputs.put(InputTopic.PARTS, TOPICS.parts());
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            InMemoryLog log = new InMemoryLog();
            Map<InputTopic, List<Backlog.Waiting>> topics = new EnumMap<>(InputTopic.class);
            inputs.forEach((input, topic) -> {
                int first = random.nextInt(3);
                int records = random.nextInt(20);
                for (int i = 0; i < records; i++) {
                    log.append(topic.name(), 0, random.nextLong(10), null, new byte[0]);
                }
                topics.put(
                        input,
                        log.log(topic.name(), 0).stream()
                                .skip(first)
                                .map(entry -> new Backlog.Waiting(input, entry))
                                .toList());
            });

            List<Backlog.Waiting> given = new ArrayList<>();
            try (Backlog backlog =
                    new Backlog(log, inputs, input -> start(topics.get(input), log, inputs.get(input)))) {
                for (Optional<Backlog.Waiting> next = backlog.next(); next.isPresent(); next = backlog.next()) {
                    given.add(next.get());
                }
            }

            List<Backlog.Waiting> merged =
                    InputOrder.merge(topics.values(), waiting -> waiting.entry().timestamp());
            assertThat(given).as("seed %d", seed).isEqualTo(merged);
        }
    }

    private static long start(List<Backlog.Waiting> wanted, InMemoryLog log, Topic topic) {
        return wanted.isEmpty()
                ? log.log(topic.name(), 0).size()
                : wanted.get(0).entry().offset();
    }
}
