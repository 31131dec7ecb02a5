package io.rondo.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.topic.JobTopics;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsTest {
    private static final Map<String, String> GOOD = Map.of(
            "retention.ms", "-1",
            "retention.bytes", "-1",
            "cleanup.policy", "delete",
            "message.timestamp.type", "LogAppendTime",
            "min.insync.replicas", "1",
            "max.message.bytes", "1048588",
            "segment.index.bytes", "10485760");
    private static final int CHUNK = 262_144;

    private final JobTopics topics = new JobTopics("j", 2, 1);

    @Test
    void shouldHaveNothingAgainstWhatRondoCreates() {
        assertThat(TopicSettings.faults(topics.manifests(), GOOD, CHUNK)).isEmpty();
        assertThat(TopicSettings.faults(topics.round(0), GOOD, CHUNK)).isEmpty();
        assertThat(TopicSettings.faults(topics.round(0), Map.of(), 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "retention.ms,604800000,would disappear",
        "retention.bytes,1000000,would disappear",
        "cleanup.policy,'compact,delete',would disappear",
        "message.timestamp.type,CreateTime,what is late",
    })
    void shouldNameWhatDoesNotFit(String key, String value, String reason) {
        assertThat(TopicSettings.faults(topics.manifests(), with(key, value), CHUNK))
                .singleElement()
                .asString()
                .contains(key + '=' + value)
                .contains(reason);
    }

    @Test
    void shouldMeasureAChunkWithItsEnvelopeWhereThereAreChunks() {
        Map<String, String> exact = with("max.message.bytes", Integer.toString(CHUNK));

        assertThat(TopicSettings.faults(topics.round(7), exact, CHUNK))
                .singleElement()
                .asString()
                .contains("max.message.bytes=262144", "chunk-bytes=262144");
        assertThat(TopicSettings.faults(topics.globalAdapter(), exact, CHUNK)).hasSize(1);
        assertThat(TopicSettings.faults(topics.round(7), exact, CHUNK - 1_024)).isEmpty();
        assertThat(TopicSettings.faults(topics.manifests(), exact, CHUNK)).isEmpty();
    }

    @Test
    void shouldCompareReplicasWithThoseThatARecordHasToReach() {
        assertThat(TopicSettings.replicaFault(with("min.insync.replicas", "2"), 1))
                .get()
                .asString()
                .contains("min.insync.replicas=2 with 1 replica");
        assertThat(TopicSettings.replicaFault(with("min.insync.replicas", "2"), 3))
                .isEmpty();
        assertThat(TopicSettings.replicaFault(Map.of(), 1)).isEmpty();
    }

    private static Map<String, String> with(String key, String value) {
        Map<String, String> settings = new HashMap<>(GOOD);
        settings.put(key, value);
        return settings;
    }

    @Test
    void shouldLetJobsKeepADefaultLimitThatHaveFewTrainers() {
        assertThat(TopicSettings.faults(topics.decisions(), GOOD, CHUNK)).isEmpty();
        assertThat(TopicSettings.faults(topics.rounds(), GOOD, CHUNK)).isEmpty();
        assertThat(TopicSettings.recordFault(1_048_588))
                .hasValueSatisfying(fault -> assertThat(fault).contains("max.message.bytes=1048588", "2097152"));
        assertThat(TopicSettings.recordFault(JobTopics.LARGE_RECORD_BYTES)).isEmpty();
    }
}
