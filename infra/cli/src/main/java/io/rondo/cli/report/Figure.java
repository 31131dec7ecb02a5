package io.rondo.cli.report;

/** A picture for a page. Its colours are the page's: classes {@code s0} to {@code s7} for series, {@code axis}, {@code grid}. */
public interface Figure {

    /** The picture as one {@code svg} element. */
    String svg();
}
