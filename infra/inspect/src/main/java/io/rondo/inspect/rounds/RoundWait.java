package io.rondo.inspect.rounds;

import io.rondo.aggregator.round.WaitText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a job waits for: for whom, until when, and what would end the wait. */
public sealed interface RoundWait {

    /** A line that the next one overwrites. */
    String brief();

    /** Sentences for an operator. */
    String text(Instant now);

    Map<String, Object> json();

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
                    ? counted + ": nobody whom it asks is there, so it can only go on with trainers that join"
                    : counted
                            + ": without more of them the round is extended, failed or asks others, as without-quorum says";
        }

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("for", "updates");
            json.put("round", round);
            json.put("updates", updates);
            json.put("quorum", quorum);
            json.put("trainers", trainers);
            json.put("until", Instant.ofEpochMilli(until).toString());
            return json;
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
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("for", "trainers");
            json.put("round", round);
            json.put("trainers", there);
            json.put("needed", needed);
            return json;
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
            return "the job is paused" + (reason.isEmpty() ? "" : ": " + reason)
                    + "; it goes on with: rondo job resume";
        }

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("for", "operator");
            json.put("reason", reason);
            return json;
        }
    }
}
