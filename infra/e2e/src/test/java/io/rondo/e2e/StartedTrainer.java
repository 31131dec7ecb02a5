package io.rondo.e2e;

import io.rondo.aggregator.TestJob;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * How a trainer without a model starts on a job's log.
 *
 * @param seconds from its start until it has joined
 * @param bytesOfRounds what it has read of {@code rounds} by then
 */
record StartedTrainer(double seconds, double bytesOfRounds) {
    private static final long PATIENCE_MINUTES = 10;

    static StartedTrainer of(LogConnection cluster, TestJob job, Path state) throws Exception {
        CompletableFuture<StartedTrainer> joined = new CompletableFuture<>();
        long began = System.nanoTime();
        TrainerServiceSettings settings = new TrainerServiceSettings(
                cluster,
                job.spec().getName(),
                new SiteSettings("late", TrainerFiles.of(state, state), state, ComputeSettings.ofThreads(1), false),
                state);
        TrainerService service = new TrainerService(settings, new NoModel(job), new TrainerListener() {
            @Override
            public void joined(String trainer, String incarnation, int lastSyncRound) {
                double seconds = (System.nanoTime() - began) / 1e9;
                joined.complete(new StartedTrainer(seconds, bytesRead(job.spec().getName())));
            }
        });
        CompletableFuture<Void> running = CompletableFuture.runAsync(service::run);
        CompletableFuture.anyOf(joined, running).get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        service.stop();
        // what was made without a trainer has no adapter to load, so it fails once it has joined
        running.exceptionally(failed -> null).get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        return joined.get(1, TimeUnit.SECONDS);
    }

    private static double bytesRead(String job) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        String topic = "rondo_" + job + "_rounds";
        double bytes = 0;
        try {
            for (ObjectName name : beans.queryNames(
                    new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,topic=" + topic + ",*"), null)) {
                if (name.getKeyProperty("partition") == null) {
                    bytes += (double) beans.getAttribute(name, "bytes-consumed-total");
                }
            }
            return bytes;
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    private record NoModel(TestJob job) implements LocalTrainerFactory {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public List<TensorShape> describe(ModelSettings model) {
            return FederatedJob.of(job.submitted()).layout().tensors();
        }

        @Override
        public List<Tensor> initialValues(ModelSettings model, long seed) {
            return List.of();
        }

        @Override
        public LocalTrainer open(TrainerSettings trainer) {
            return new LocalTrainer() {
                @Override
                public List<Tensor> parameters() {
                    return List.of();
                }

                @Override
                public void load(List<Tensor> values) {}

                @Override
                public TrainingReport train(int round, Set<String> frozen) {
                    throw new UnsupportedOperationException("there is nothing to train");
                }

                @Override
                public Map<String, Double> evaluate() {
                    return Map.of();
                }

                @Override
                public void close() {}
            };
        }
    }
}
