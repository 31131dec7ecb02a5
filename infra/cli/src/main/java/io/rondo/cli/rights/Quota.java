package io.rondo.cli.rights;

/**
 * A trainer's share of the cluster.
 *
 * @param writeBytes bytes a second that it may write, to each broker
 * @param readBytes bytes a second that it may read, from each broker
 * @param requestPercent share of one thread of a broker, in percent
 */
public record Quota(double writeBytes, double readBytes, double requestPercent) {
    /** Far more than a round of a small adapter needs, but too little to monopolize a broker. */
    public static final Quota DEFAULT = new Quota(10 << 20, 50 << 20, 50);
}
