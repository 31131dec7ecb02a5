package io.rondo.cli.rights;

/**
 * What a trainer may take of the cluster.
 *
 * @param writeBytes bytes a second that it may write, to each broker
 * @param readBytes bytes a second that it may read, from each broker
 * @param requestPercent share of one thread of a broker, in percent
 */
public record Quota(double writeBytes, double readBytes, double requestPercent) {
    /** Far more than a round of a small adapter needs, and too little to keep a broker from others. */
    public static final Quota DEFAULT = new Quota(10 << 20, 50 << 20, 50);
}
