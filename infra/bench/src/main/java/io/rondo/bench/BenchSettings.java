package io.rondo.bench;

import io.rondo.cli.job.JobFile;
import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;

/**
 * What a benchmark of rounds is asked to do.
 *
 * @param trainers how many light trainers, 1 to 10,000
 * @param adapterMb size of an update as float32, in megabytes (10⁶ bytes), above 0 and at most 1024
 * @param chunkKb size of a chunk, in kilobytes of 1024 bytes, 1 to 512
 * @param rounds rounds that count, 1 to 1000; a few more come before them and warm all processes up
 * @param partitions over how many partitions the chunks go, 1 to 64
 * @param aggregators how many aggregator processes share the partitions, 1 to 8
 * @param signed whether operator, trainers and aggregator sign what they write
 * @param secure whether the broker and the registry of the benchmark ask for certificates, by TLS
 */
public record BenchSettings(
        int trainers,
        double adapterMb,
        int chunkKb,
        int rounds,
        int partitions,
        int aggregators,
        boolean signed,
        boolean secure) {
    /** Rounds at the start that are run and not counted: the first ones meet cold code and new connections. */
    static final int WARM_UP_ROUNDS = 3;

    static final int DEFAULT_PARTITIONS = 4;

    private static final int MOST_TRAINERS = 10_000;
    private static final int MOST_MEGABYTES = 1_024;
    private static final int MOST_CHUNK_KILOBYTES = 512;
    private static final int MOST_ROUNDS = 1_000;
    private static final int MOST_PARTITIONS = 64;
    private static final int MOST_AGGREGATORS = 8;
    /** Rows of the one tensor, as many as the rank. */
    private static final int RANK = 8;

    private static final long DISK_BESIDE_UPDATES = 1L << 30;

    /** @throws RondoException with {@code BAD_CONFIG} when a value is out of bounds */
    public BenchSettings {
        require(trainers >= 1 && trainers <= MOST_TRAINERS, "--trainers", trainers, "1 to " + MOST_TRAINERS);
        require(
                adapterMb > 0 && adapterMb <= MOST_MEGABYTES,
                "--adapter-mb",
                adapterMb,
                "a number above 0, at most " + MOST_MEGABYTES);
        require(chunkKb >= 1 && chunkKb <= MOST_CHUNK_KILOBYTES, "--chunk-kb", chunkKb, "1 to " + MOST_CHUNK_KILOBYTES);
        require(rounds >= 1 && rounds <= MOST_ROUNDS, "--rounds", rounds, "1 to " + MOST_ROUNDS);
        require(
                partitions >= 1 && partitions <= MOST_PARTITIONS,
                "--partitions",
                partitions,
                "1 to " + MOST_PARTITIONS);
        require(
                aggregators >= 1 && aggregators <= MOST_AGGREGATORS,
                "--aggregators",
                aggregators,
                "1 to " + MOST_AGGREGATORS);
    }

    /** Without signatures. */
    public BenchSettings(int trainers, double adapterMb, int chunkKb, int rounds, int partitions, int aggregators) {
        this(trainers, adapterMb, chunkKb, rounds, partitions, aggregators, false, false);
    }

    /** Four partitions and one aggregator. */
    public BenchSettings(int trainers, double adapterMb, int chunkKb, int rounds) {
        this(trainers, adapterMb, chunkKb, rounds, DEFAULT_PARTITIONS, 1);
    }

    private static void require(boolean valid, String option, Object value, String allowed) {
        if (!valid) {
            throw new RondoException(ErrorCode.BAD_CONFIG, option + " is " + value, "give " + option + " " + allowed);
        }
    }

    int rows() {
        return RANK;
    }

    /** Columns of the one tensor, so that it comes closest to the size asked for. */
    int columns() {
        return (int) Math.max(1, Math.round(adapterMb * 1e6 / Float.BYTES / RANK));
    }

    /** The bytes of one update's values. */
    long updateBytes() {
        return (long) rows() * columns() * Float.BYTES;
    }

    /** The bytes of the values of all updates of a round. */
    long roundBytes() {
        return updateBytes() * trainers;
    }

    int allRounds() {
        return WARM_UP_ROUNDS + rounds;
    }

    /** Bytes that must be free on the disk. */
    long diskBytes() {
        return DISK_BESIDE_UPDATES + roundBytes() * allRounds() + 2 * updateBytes() * allRounds();
    }

    /** The job: everyone takes part, and a round closes when all have answered. */
    JobSpec job(String name) {
        return JobFile.of(List.of(
                "name=" + name,
                "model=none",
                "method=fedsa",
                "rank=" + RANK,
                "rounds=" + allRounds(),
                "min-trainers=" + trainers,
                "max-trainers=" + trainers,
                "quorum=" + trainers,
                "deadline=10m",
                "partitions=" + partitions,
                "chunk-bytes=" + chunkKb * 1024,
                "seed=1"));
    }
}
