package io.rondo.trainer.runtime.state;

import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * The chain value of the last publication that a trainer has applied, which covers the whole log up to there. A rewritten
 * log may be consistent in itself, but does not have this value.
 *
 * @param jobUuid UUID of the job
 * @param round the round
 * @param chain its chain value
 */
public record ChainPin(String jobUuid, int round, Sha256 chain) {
    private static final String TAG = "rondo-chain-pin-v1";

    public ChainPin {
        Objects.requireNonNull(jobUuid);
        Objects.requireNonNull(chain);
    }

    public static ChainPin of(RoundPublished published) {
        return new ChainPin(published.getJobUuid(), published.getRound(), published.getChain());
    }

    /** Four lines: a version tag, the job's UUID, the round, the chain value in hexadecimal digits. */
    String text() {
        return String.join("\n", TAG, jobUuid, Integer.toString(round), Digests.hex(chain)) + "\n";
    }

    /** @throws IllegalArgumentException when this is not the text of a pin */
    static ChainPin parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() != 4 || !lines.get(0).equals(TAG)) {
            throw new IllegalArgumentException("it does not start with the line " + TAG + ", or has not four lines");
        }
        return new ChainPin(
                lines.get(1),
                Integer.parseInt(lines.get(2)),
                new Sha256(HexFormat.of().parseHex(lines.get(3))));
    }

    /**
     * Compares {@code rounds} with the saved chain value.
     *
     * @throws RondoException with {@link ErrorCode#LOG_REWRITTEN} when the round is missing or has another chain value
     */
    public void require(String job, Collection<SpecificRecord> rounds) {
        if (!job.equals(jobUuid)) {
            // another job's state is refused when the state is read
            return;
        }
        Optional<Sha256> found = rounds.stream()
                .filter(RoundPublished.class::isInstance)
                .map(RoundPublished.class::cast)
                .filter(published -> published.getJobUuid().equals(jobUuid) && published.getRound() == round)
                .map(RoundPublished::getChain)
                .findFirst();
        if (found.isEmpty() || !found.get().equals(chain)) {
            throw new RondoException(
                    ErrorCode.LOG_REWRITTEN,
                    "round " + round + " had the chain value " + Digests.hex(chain)
                            + " when this trainer followed it, and "
                            + found.map(other -> "has " + Digests.hex(other) + " now")
                                    .orElse("is not in the log now"),
                    "ask the operator what became of the log; if it was restored on purpose, delete the file "
                            + StateDirectory.PIN + " in the trainer's state directory");
        }
    }
}
