package io.rondo.samples;

import java.util.List;

/**
 * What the made text of one site is about: things, what is well or badly said of them, and who says it.
 *
 * @param id the site's id
 * @param things what sentences are about, singular
 * @param good predicates after "is" that mean well
 * @param bad predicates after "is" that do not
 * @param places where or when, to vary the sentences
 */
record Subject(String id, List<String> things, List<String> good, List<String> bad, List<String> places) {

    static final List<Subject> ALL = List.of(
            new Subject(
                    "plant",
                    words(
                            "the feed pump, the conveyor, the left press, the cooling loop, the spindle, the gearbox,"
                                    + " the boiler, the robot arm, the intake fan, the hydraulic line, the mixer, the packing unit"),
                    words("running smoothly, holding pressure, within limits, well calibrated, properly lubricated,"
                            + " cool and quiet, in balance, meeting its target, tight and dry, responding at once"),
                    words(
                            "overheating, losing pressure, out of tolerance, vibrating badly, leaking oil,"
                                    + " close to failure, jammed, drawing too much current, cracked at the seam, stuck in a fault state"),
                    words("on line two, since the last shift, in hall four, after the restart, under full load,"
                            + " in the morning log, at the night check, during the trial run")),
            new Subject(
                    "cinema",
                    words("the plot, the lead actor, the ending, the dialogue, the soundtrack, the first act,"
                            + " the villain, the camera work, the romance, the pacing, the humour, the final scene"),
                    words("moving, a real delight, sharply written, full of life, worth every minute,"
                            + " clever and warm, beautifully done, hard to forget, gripping, a quiet triumph"),
                    words("dull, a tired cliche, badly written, lifeless, a waste of time,"
                            + " clumsy and cold, painfully slow, easy to forget, unbearable, a complete mess"),
                    words(
                            "in the new thriller, for a sequel, in this small film, on the big screen, by the second hour,"
                                    + " in the director's cut, for a debut, at the festival")),
            new Subject(
                    "helpdesk",
                    words(
                            "the new router, my order, the invoice, the login page, the delivery, the refund,"
                                    + " the replacement phone, the mobile app, the contract, the agent's answer, the update, the charger"),
                    words("working again, exactly as promised, clear and correct, very fast, easy to use,"
                            + " delivered on time, a great help, fair and friendly, reliable, solved for good"),
                    words("broken again, far too late, wrong and confusing, terribly slow, impossible to use,"
                            + " lost in the post, no help at all, rude and unfair, unreliable, still not solved"),
                    words("after your last mail, since monday, in our branch office, for the second time, on my tablet,"
                            + " after two calls, in the customer portal, this week")));

    Subject {
        things = List.copyOf(things);
        good = List.copyOf(good);
        bad = List.copyOf(bad);
        places = List.copyOf(places);
    }

    private static List<String> words(String commaSeparated) {
        return List.of(commaSeparated.split(", *"));
    }
}
