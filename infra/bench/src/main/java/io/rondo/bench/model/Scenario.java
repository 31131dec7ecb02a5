package io.rondo.bench.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;

/**
 * The federation that is asked about.
 *
 * @param trainers all of them answer every round
 * @param megabytes of an update
 * @param rounds of the job
 * @param seconds from one round to the next
 * @param retained rounds whose chunks are still on the brokers; older ones are archived and deleted
 * @param partitions of each job's topics
 * @param replication of the topics
 * @param region trainers of a regional job
 */
record Scenario(
        long trainers,
        double megabytes,
        long rounds,
        double seconds,
        int retained,
        int partitions,
        int replication,
        int region) {
    private static final long MOST = 1_000_000_000_000L;

    Scenario {
        require(trainers >= 1 && trainers <= MOST, "--trainers", trainers, "1 to " + MOST);
        require(megabytes > 0 && megabytes <= 64, "--adapter-mb", megabytes, "a number above 0, at most 64");
        require(rounds >= 1 && rounds <= MOST, "--rounds", rounds, "1 to " + MOST);
        require(seconds > 0 && seconds <= 1e9, "--interval", seconds, "a number of seconds above 0");
        require(retained >= 1 && retained <= 999_999, "--retained", retained, "1 to 999999");
        require(partitions >= 1 && partitions <= 64, "--partitions", partitions, "1 to 64");
        require(replication >= 1 && replication <= 16, "--replication", replication, "1 to 16");
        require(region >= 2 && region <= 10_000, "--region", region, "2 to 10000");
    }

    private static void require(boolean valid, String option, Object value, String allowed) {
        if (!valid) {
            throw new RondoException(ErrorCode.BAD_CONFIG, option + " is " + value, "give " + option + " " + allowed);
        }
    }

    /** Regional jobs: the trainers of the global one. */
    long regions() {
        return (trainers + region - 1) / region;
    }
}
