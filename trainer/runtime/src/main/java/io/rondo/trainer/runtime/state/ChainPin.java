package io.rondo.trainer.runtime.state;

import io.rondo.log.JobSpec;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * The chain value of the last publication that a trainer has applied, which covers the whole log up to there. A rewritten
 * log may be consistent in itself, but does not have this value. With the keys of that time, a rewritten job that asks for
 * the signatures of others, or for none, is refused too.
 *
 * @param jobUuid UUID of the job
 * @param round the round
 * @param chain its chain value
 * @param keys the job's keys; empty in a pin of version 1
 */
public record ChainPin(String jobUuid, int round, Sha256 chain, Optional<Keys> keys) {
    private static final String TAG = "rondo-chain-pin-v2";
    private static final String TAG_WITHOUT_KEYS = "rondo-chain-pin-v1";
    private static final String NO_KEY = "none";
    private static final int LINES = 6;
    private static final int LINES_WITHOUT_KEYS = 4;

    /** The keys that a job names, as text; an empty text for none. */
    record Keys(String operator, String aggregator) {}

    public ChainPin {
        Objects.requireNonNull(jobUuid);
        Objects.requireNonNull(chain);
        Objects.requireNonNull(keys);
    }

    public static ChainPin of(RoundPublished published, JobSpec spec) {
        return new ChainPin(
                published.getJobUuid(), published.getRound(), published.getChain(), Optional.of(keysOf(spec)));
    }

    private static Keys keysOf(JobSpec spec) {
        return new Keys(spec.getOperatorKey(), spec.getAggregatorKey());
    }

    /**
     * Six lines: a version tag, the job's UUID, the round, the chain value in hexadecimal digits, the operator's key and the
     * aggregator's, each {@code none} if the job has none. Version 1 has no keys.
     */
    String text() {
        List<String> lines = new ArrayList<>(List.of(
                keys.isPresent() ? TAG : TAG_WITHOUT_KEYS, jobUuid, Integer.toString(round), Digests.hex(chain)));
        keys.ifPresent(named -> lines.addAll(List.of(line(named.operator()), line(named.aggregator()))));
        return String.join("\n", lines) + "\n";
    }

    private static String line(String key) {
        return key.isEmpty() ? NO_KEY : key;
    }

    private static String key(String line) {
        return line.equals(NO_KEY) ? "" : line;
    }

    /** @throws IllegalArgumentException when this is not the text of a pin */
    static ChainPin parse(String text) {
        List<String> lines = text.lines().toList();
        boolean withKeys = lines.size() == LINES && lines.get(0).equals(TAG);
        if (!withKeys && !(lines.size() == LINES_WITHOUT_KEYS && lines.get(0).equals(TAG_WITHOUT_KEYS))) {
            throw new IllegalArgumentException(
                    "it does not start with the line " + TAG + ", or has not " + LINES + " lines");
        }
        return new ChainPin(
                lines.get(1),
                Integer.parseInt(lines.get(2)),
                new Sha256(HexFormat.of().parseHex(lines.get(3))),
                withKeys ? Optional.of(new Keys(key(lines.get(4)), key(lines.get(5)))) : Optional.empty());
    }

    /**
     * Compares the job and {@code rounds} with what was saved.
     *
     * @throws RondoException with {@link ErrorCode#LOG_REWRITTEN} when the round is missing or has another chain value, or
     *     the job names other keys
     */
    public void require(String job, JobSpec spec, Collection<SpecificRecord> rounds) {
        if (!job.equals(jobUuid)) {
            // another job's state is refused when the state is read
            return;
        }
        keys.ifPresent(named -> {
            requireKey("operator", named.operator(), spec.getOperatorKey());
            requireKey("aggregator", named.aggregator(), spec.getAggregatorKey());
        });
        Optional<Sha256> found = rounds.stream()
                .filter(RoundPublished.class::isInstance)
                .map(RoundPublished.class::cast)
                .filter(published -> published.getJobUuid().equals(jobUuid) && published.getRound() == round)
                .map(RoundPublished::getChain)
                .findFirst();
        if (found.isEmpty() || !found.get().equals(chain)) {
            throw rewritten("round " + round + " had the chain value " + Digests.hex(chain)
                    + " when this trainer followed it, and "
                    + found.map(other -> "has " + Digests.hex(other) + " now").orElse("is not in the log now"));
        }
    }

    private void requireKey(String who, String kept, String now) {
        if (!kept.equals(now)) {
            throw rewritten("the job named " + described(who, kept) + " when this trainer followed round " + round
                    + ", and names " + described(who, now) + " now");
        }
    }

    private static String described(String who, String key) {
        return key.isEmpty() ? "no key of the " + who : "the " + who + "'s key " + key;
    }

    private static RondoException rewritten(String problem) {
        return new RondoException(
                ErrorCode.LOG_REWRITTEN,
                problem,
                "ask the operator what became of the log; if it was restored on purpose, delete the file "
                        + StateDirectory.PIN + " in the trainer's state directory");
    }
}
