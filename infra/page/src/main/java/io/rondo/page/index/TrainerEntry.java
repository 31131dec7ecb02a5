package io.rondo.page.index;

/** What is kept of one trainer. */
final class TrainerEntry {
    final String id;
    String software = "";
    boolean there;
    String gone = "";
    int joins;
    int asked;
    int took;
    int late;
    int rejected;
    double seconds;
    long bytes;
    long examples = -1;
    int last = -1;
    float loss = Float.NaN;
    float score = Float.NaN;

    TrainerEntry(String id) {
        this.id = id;
    }
}
