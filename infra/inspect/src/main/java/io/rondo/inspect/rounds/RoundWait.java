package io.rondo.inspect.rounds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.rondo.aggregator.round.WaitText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** What a job waits for: for whom, until when, and what would end the wait. */
public sealed interface RoundWait {

    /** A line that the next one overwrites. */
    String brief();

    /** Sentences for an operator. */
    String text(Instant now);

    /** The same as a part of a JSON result. */
    Result json();

    /**
     * A wait in a JSON result: what there is depends on what is waited for, and the rest is left out.
     *
     * @param subject {@code updates}, {@code trainers} or {@code operator}
     * @param until an instant as ISO 8601 writes it
     */
    @JsonPropertyOrder({"for", "round", "updates", "quorum", "trainers", "needed", "until", "reason"})
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            @JsonProperty("for") String subject,
            Integer round,
            Integer updates,
            Integer quorum,
            List<String> trainers,
            Integer needed,
            String until,
            String reason) {}

    /**
     * An open round waits for updates.
     *
     * @param updates how many count
     * @param asked how many trainers were asked
     * @param trainers those who are there and have not sent one that counts
     * @param until milliseconds since 1970, grace included
     */
    record ForUpdates(int round, int updates, int asked, int quorum, List<String> trainers, long until)
            implements RoundWait {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

        @Override
        public String brief() {
            return "[round " + round + "] open, " + updates + " of " + asked + " updates"
                    + (trainers.isEmpty() ? "" : ", waits for " + WaitText.names(trainers));
        }

        @Override
        public String text(Instant now) {
            Duration left = Duration.between(now, Instant.ofEpochMilli(until));
            String time = TIME.format(Instant.ofEpochMilli(until).atZone(ZoneId.systemDefault()));
            String deadline = left.isNegative()
                    ? "its deadline, " + time + ", is over: no aggregator has decided on it"
                    : "its deadline is " + time + ", in " + left.toSeconds() + " s";
            return "round " + round + " waits for "
                    + (trainers.isEmpty() ? "trainers that join" : WaitText.names(trainers)) + "; " + deadline
                    + System.lineSeparator() + outlook();
        }

        private String outlook() {
            String counted =
                    updates + (updates == 1 ? " update counts" : " updates count") + ", the quorum is " + quorum;
            if (updates >= quorum) {
                return counted + ": at the deadline the round closes with what counts then";
            }
            return trainers.isEmpty()
                    ? counted + ": no trainer of its cohort is present, so it can only continue with trainers that join"
                    : counted
                            + ": without more of them the round is extended, failed or asks others, as without-quorum says";
        }

        @Override
        public Result json() {
            String end = Instant.ofEpochMilli(until).toString();
            return new Result("updates", round, updates, quorum, trainers, null, end, null);
        }
    }

    /**
     * The next round waits for trainers that join.
     *
     * @param there those who are admitted
     * @param needed how many have to be
     */
    record ForTrainers(int round, List<String> there, int needed) implements RoundWait {
        @Override
        public String brief() {
            return "[round " + round + "] waits for trainers, " + there.size() + " of " + needed + " have joined";
        }

        @Override
        public String text(Instant now) {
            return "round " + round + " waits for trainers: " + there.size() + " of " + needed + " have joined"
                    + (there.isEmpty() ? "" : " (" + WaitText.names(there) + ")") + "; it opens with the next ones";
        }

        @Override
        public Result json() {
            return new Result("trainers", round, null, null, there, needed, null, null);
        }
    }

    /** The job is paused. */
    record ForAnOperator(String reason) implements RoundWait {
        @Override
        public String brief() {
            return "paused";
        }

        @Override
        public String text(Instant now) {
            return "the job is paused" + (reason.isEmpty() ? "" : ": " + reason) + "; resume it with: rondo job resume";
        }

        @Override
        public Result json() {
            return new Result("operator", null, null, null, null, null, null, reason);
        }
    }
}
