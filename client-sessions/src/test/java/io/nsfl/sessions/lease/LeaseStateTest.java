package io.nsfl.sessions.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseStateTest {
    @ParameterizedTest
    @EnumSource
    void endsWhereItTakesUpNoPlace(LeaseState state) {
        assertThat(state.next().isEmpty()).isEqualTo(!state.live());
    }

    @ParameterizedTest
    @EnumSource
    void neverGoesBack(LeaseState state) {
        assertThat(state.next()).allSatisfy(next -> assertThat(next).isGreaterThan(state));
    }

    @ParameterizedTest
    @EnumSource(names = {"RESERVED", "ASSIGNED", "ACCEPTED"})
    void canAlwaysBeLostOrReleased(LeaseState state) {
        assertThat(state.next()).contains(LeaseState.LOST, LeaseState.RELEASED);
    }
}
