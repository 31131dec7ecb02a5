package io.rondo.e2e;

import io.rondo.cli.process.Service;
import io.rondo.e2e.kill.TrainerCrash;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainerFactories;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import java.nio.file.Path;

/** A pocket trainer as a process of its own, to be killed: broker, registry, job, trainer, state directory, data. */
public final class TrainerMain {
    private TrainerMain() {}

    public static void main(String[] arguments) {
        Path data = Path.of(arguments[5]);
        TrainerServiceSettings settings = new TrainerServiceSettings(
                new LogConnection(arguments[0], arguments[1], TrainerCrash.clientSettings()),
                arguments[2],
                new SiteSettings(
                        arguments[3],
                        TrainerFiles.of(data, data),
                        data.getParent(),
                        ComputeSettings.ofThreads(1),
                        false),
                Path.of(arguments[4]));
        try (TrainerService service = new TrainerService(
                settings, LocalTrainerFactories.named("pocket"), new Teller(settings.stateDirectory()))) {
            Service.run(service::run, service::stop);
        } catch (RondoException e) {
            System.out.println(e.explanation());
            System.exit(1);
        }
    }

    private static final class Teller implements TrainerListener {
        private final Path stateDirectory;

        Teller(Path stateDirectory) {
            this.stateDirectory = stateDirectory;
        }

        @Override
        public void adapterLoaded(int round) {
            System.out.println("adapter " + round);
        }

        @Override
        public void trained(int round, TrainingReport report) {
            System.out.println("trained " + round);
            TrainerCrash.trained(round, stateDirectory);
        }

        @Override
        public void resuming(int round) {
            System.out.println("resuming " + round);
        }

        @Override
        public void rejected(int round, String reason, String detail) {
            System.out.println("rejected " + round + " " + reason);
        }

        @Override
        public void finished(int rounds) {
            System.out.println("finished " + rounds);
        }
    }
}
