package io.rondo.cli.report;

/** A picture for a page. Its colours are the page's: classes {@code s0} to {@code s7} for series, {@code axis}, {@code grid}. */
public interface Figure {
    /** How wide a picture is on a page that is written to a file. */
    int WIDTH = 760;

    /** The picture as one {@code svg} element. */
    default String svg() {
        return svg(WIDTH);
    }

    /**
     * The picture as one {@code svg} element, laid out for this width: its text is as large in a narrow one.
     *
     * @param width in pixels
     */
    String svg(int width);
}
