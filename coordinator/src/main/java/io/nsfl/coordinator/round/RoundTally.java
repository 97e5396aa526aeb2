package io.nsfl.coordinator.round;

/** How many clients a round asked, counted and lost, for people. */
public record RoundTally(int selected, int included, int failed) {}
