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
import java.util.LinkedHashMap;
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
                Map.of(
                        "jobs",
                        jobs.stream()
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

    private static Map<String, Object> json(Server server) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("instance", server.instance());
        json.put("host", server.host());
        json.put("partitions", server.partitions());
        return json;
    }

    private static Map<String, Object> json(JobSubmitted job, List<Server> servers) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", job.getSpec().getName());
        json.put("jobUuid", job.getJobUuid());
        json.put("method", job.getSpec().getMethod());
        json.put("adapter", job.getSpec().getAdapter());
        json.put("model", job.getSpec().getModel());
        json.put("rounds", job.getSpec().getRounds());
        json.put("submittedAt", job.getSubmittedAt());
        json.put(
                "servedBy",
                servers == null
                        ? null
                        : servers.stream().map(JobListCommand::json).toList());
        json.put("lineage", job.getLineage() == null ? null : Lineages.json(job.getLineage()));
        return json;
    }
}
