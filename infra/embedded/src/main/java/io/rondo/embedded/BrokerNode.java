package io.rondo.embedded;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * One node's place in a cluster, the same at every start.
 *
 * @param id from 1
 * @param port the brokers' port
 * @param controllerPort the controllers' port
 * @param voters all nodes' controllers, such as {@code 1@127.0.0.1:4711,2@127.0.0.1:4712}
 * @param nodes how many nodes there are
 * @param clusterId names the cluster
 */
record BrokerNode(int id, int port, int controllerPort, String voters, int nodes, String clusterId) {
    private static final int MOST_REPLICAS = 3;

    /** The only node of its cluster. */
    static BrokerNode alone(ClusterDirectory directory, int wantedPort) throws IOException {
        return of(List.of(directory), wantedPort).get(0);
    }

    /**
     * The nodes of a cluster, one for each directory.
     *
     * @param wantedPort the first node's port, or 0
     */
    static List<BrokerNode> of(List<ClusterDirectory> directories, int wantedPort) throws IOException {
        String clusterId = directories.get(0).remembered("cluster.id").orElseGet(() -> Uuid.randomUuid()
                .toString());
        List<Integer> ports = new ArrayList<>();
        List<Integer> controllerPorts = new ArrayList<>();
        List<String> voters = new ArrayList<>();
        for (ClusterDirectory directory : directories) {
            directory.remember("cluster.id", clusterId);
            Ports choice = new Ports(directory);
            ports.add(choice.choose("broker.port", ports.isEmpty() ? wantedPort : 0));
            controllerPorts.add(choice.choose("controller.port", 0));
            voters.add(ports.size() + "@" + Ports.HOST + ':' + controllerPorts.get(ports.size() - 1));
        }
        List<BrokerNode> nodes = new ArrayList<>();
        for (int i = 0; i < directories.size(); i++) {
            nodes.add(new BrokerNode(
                    i + 1,
                    ports.get(i),
                    controllerPorts.get(i),
                    String.join(",", voters),
                    directories.size(),
                    clusterId));
        }
        return nodes;
    }

    /** Replicas of each partition, where a topic does not say otherwise. */
    int replicas() {
        return Math.min(MOST_REPLICAS, nodes);
    }

    /** Replicas that a record has to reach: with three, one node may be away. */
    int replicasInSync() {
        return Math.max(1, replicas() - 1);
    }
}
