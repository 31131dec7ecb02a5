package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.Violation;
import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Data and local tensors never leave a trainer: they are searched in every byte that it has sent. */
final class Privacy {
    /** Shorter words are in metric names. */
    private static final int SHORTEST = 6;

    private static final Pattern WORDS = Pattern.compile("[^A-Za-z0-9_-]+");

    private Privacy() {}

    static List<Scenario> scenarios() {
        return List.of(must(
                "nothing-private",
                "3",
                "neither examples nor local tensors are in any byte of any topic",
                Privacy::nothingPrivate));
    }

    private static void nothingPrivate(Stage stage) {
        // A is known to the kit and is the trainer's own after round 0
        ScriptedJob job = stage.job(spec -> spec.setMethod("fed-alora"));
        RunningTrainer trainer = job.begin();
        for (int round = 1; round <= 2; round++) {
            job.open(round);
            job.publish(round, job.trainer().awaitUpdate(round));
        }
        job.finish();
        job.trainer().awaitExit(trainer);
        List<String> words = words(job);
        Map<Long, String> pairs = pairs(job);
        for (ConsumerRecord<byte[], byte[]> record : job.trainer().trainersBytes()) {
            for (byte[] bytes : bytesOf(record)) {
                find(words, pairs, bytes).ifPresent(found -> {
                    throw new Violation(
                            "%s is in the record at offset %d of %s".formatted(found, record.offset(), record.topic()));
                });
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : job.trainer().othersBytes()) {
            Optional<String> found = find(words, Map.of(), record.value());
            unless(
                    found.isEmpty(),
                    "%s is in the record at offset %d of %s",
                    found.orElse(""),
                    record.offset(),
                    record.topic());
        }
    }

    private static List<byte[]> bytesOf(ConsumerRecord<byte[], byte[]> record) {
        List<byte[]> all = new ArrayList<>();
        all.add(record.value());
        if (record.key() != null) {
            all.add(record.key());
        }
        record.headers().forEach(header -> {
            all.add(header.key().getBytes(StandardCharsets.UTF_8));
            all.add(header.value());
        });
        return all;
    }

    /** Words that stand in the examples alone: those with digits, and the longer of the others in one example only. */
    private static List<String> words(ScriptedJob job) {
        Map<String, Integer> counts = new HashMap<>();
        for (Path file : List.of(job.task().train(), job.task().test())) {
            try {
                Files.readAllLines(file).stream()
                        .skip(1)
                        .flatMap(WORDS::splitAsStream)
                        .filter(word -> word.length() >= SHORTEST)
                        .forEach(word -> counts.merge(word, 1, Integer::sum));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return counts.keySet().stream()
                .filter(word -> counts.get(word) == 1)
                .filter(word -> !job.submission().getSpec().getLabels().contains(word))
                .toList();
    }

    /** Two neighbouring values of each local tensor, as their eight bytes: enough to know them by. */
    private static Map<Long, String> pairs(ScriptedJob job) {
        Map<Long, String> pairs = new HashMap<>();
        for (TensorShape tensor : job.task().layout().tensors()) {
            float[] values =
                    switch (tensor.role()) {
                        case LORA_A, VERA_LAMBDA_D -> job.published(tensor.name());
                        case HEAD ->
                            InitialValue.of(job.submission().getSpec().getSeed(), tensor)
                                    .values();
                        case LORA_B, VERA_LAMBDA_B -> new float[0];
                    };
            for (int i = 0; i + 1 < values.length; i++) {
                if (values[i] != 0 && values[i + 1] != 0) {
                    long pair = (Float.floatToRawIntBits(values[i]) & 0xffff_ffffL)
                            | ((long) Float.floatToRawIntBits(values[i + 1]) << Integer.SIZE);
                    pairs.put(pair, (tensor.role() == TensorRole.HEAD ? "the head " : "") + tensor.name());
                }
            }
        }
        return pairs;
    }

    private static Optional<String> find(List<String> words, Map<Long, String> pairs, byte[] bytes) {
        if (bytes == null) {
            return Optional.empty();
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        for (String word : words) {
            if (text.contains(word)) {
                return Optional.of("'" + word + "' of an example");
            }
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; !pairs.isEmpty() && at + Long.BYTES <= bytes.length; at++) {
            String tensor = pairs.get(buffer.getLong(at));
            if (tensor != null) {
                return Optional.of(tensor);
            }
        }
        return Optional.empty();
    }
}
