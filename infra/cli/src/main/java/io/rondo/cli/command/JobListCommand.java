package io.rondo.cli.command;

import io.rondo.cli.connection.OpenCluster;
import io.rondo.cli.job.JobListing;
import io.rondo.cli.job.JobServers;
import io.rondo.cli.job.JobServers.Server;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Table;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "List the jobs of a cluster, and which aggregators serve them: the members of each job's consumer"
                + " group.")
final class JobListCommand extends ConsoleCommand {
    @Mixin
    private ClusterOptions options;

    /** The JSON result. */
    record Result(List<Job> jobs) {
        /**
         * @param servedBy null if this user may not describe the consumer group
         * @param lineage null for a job that continues no other
         */
        record Job(
                String job,
                String jobUuid,
                String method,
                String adapter,
                String model,
                int rounds,
                long submittedAt,
                List<Server> servedBy,
                Lineages.Result lineage) {}
    }

    @Override
    public void run(Console console) {
        try (OpenCluster cluster = options.open(console)) {
            List<JobSubmitted> jobs = JobListing.read(cluster.connection());
            Map<String, List<Server>> servers = JobServers.read(
                    cluster.connection(),
                    jobs.stream().map(job -> job.getSpec().getName()).toList());
            show(jobs, servers, console);
        }
    }

    private static void show(List<JobSubmitted> jobs, Map<String, List<Server>> servers, Console console) {
        Table table =
                new Table("job", "method", "adapter", "model", "rounds", "served by", "submitted", "continues", "uuid");
        for (JobSubmitted job : jobs) {
            JobSpec spec = job.getSpec();
            table.row(
                    spec.getName(),
                    spec.getMethod(),
                    spec.getAdapter(),
                    spec.getModel(),
                    Integer.toString(spec.getRounds()),
                    text(servers.get(spec.getName())),
                    Instant.ofEpochMilli(job.getSubmittedAt()).toString(),
                    job.getLineage() == null ? "–" : Lineages.text(job.getLineage()),
                    job.getJobUuid());
        }
        console.result(
                new Result(jobs.stream()
                        .map(job -> json(job, servers.get(job.getSpec().getName())))
                        .toList()),
                jobs.isEmpty() ? "no job has been submitted yet" : table.toString());
    }

    private static String text(List<Server> servers) {
        if (servers == null) {
            return "? (no right to describe the group)";
        }
        return servers.isEmpty()
                ? "nobody"
                : servers.stream()
                        .map(server -> server.instance() + '@' + server.host())
                        .collect(Collectors.joining(", "));
    }

    private static Result.Job json(JobSubmitted job, List<Server> servers) {
        JobSpec spec = job.getSpec();
        return new Result.Job(
                spec.getName(),
                job.getJobUuid(),
                spec.getMethod(),
                spec.getAdapter(),
                spec.getModel(),
                spec.getRounds(),
                job.getSubmittedAt(),
                servers,
                job.getLineage() == null ? null : Lineages.json(job.getLineage()));
    }
}
