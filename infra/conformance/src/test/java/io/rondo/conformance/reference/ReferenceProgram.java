package io.rondo.conformance.reference;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.conformance.process.TrainerProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Runs reference trainers in threads of this JVM: a process for each would take longer to start than to be judged. */
public final class ReferenceProgram implements TrainerProgram {
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);

    public ReferenceProgram(Fault... faults) {
        this.faults.addAll(Set.of(faults));
    }

    @Override
    public String title() {
        return "reference" + faults;
    }

    @Override
    public RunningTrainer start(Map<String, String> environment, Path log) {
        ReferenceTrainer trainer = new ReferenceTrainer(environment, faults);
        Running running = new Running(trainer);
        running.thread.start();
        return running;
    }

    private static final class Running implements RunningTrainer {
        private final ReferenceTrainer trainer;
        private final Thread thread;
        private volatile int code = -1;

        Running(ReferenceTrainer trainer) {
            this.trainer = trainer;
            this.thread = new Thread(() -> code = trainer.run(), "reference-trainer");
            thread.setDaemon(true);
        }

        @Override
        public boolean isAlive() {
            return thread.isAlive();
        }

        @Override
        public void kill() {
            // no interrupt: a Kafka client that is interrupted while it closes logs an error with its stack
            trainer.kill();
            join(Duration.ofSeconds(20));
        }

        @Override
        public void terminate() {
            trainer.stop();
        }

        @Override
        public OptionalInt awaitExit(Duration patience) {
            join(patience);
            return thread.isAlive() ? OptionalInt.empty() : OptionalInt.of(code);
        }

        private void join(Duration patience) {
            try {
                thread.join(patience.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public String lastLines() {
            return trainer.failure();
        }
    }
}
