package io.nsfl.scheduler.launch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What every coordinator is launched with.
 *
 * @param command program and first arguments
 * @param image container image, for launchers that need one
 * @param deploymentWay {@code process}: paths are used as they are
 * @param reportPeriod between two heartbeats
 * @param schedulerAddress where heartbeats go; asked at each launch, because an ephemeral port is known late
 * @param selectorAddress of the client-selector
 * @param tls variables that hand the scheduler's transport security down
 * @param internalSecret in hex; handed over on standard input only
 */
public record CoordinatorSettings(
        List<String> command,
        String image,
        String deploymentWay,
        Duration reportPeriod,
        Supplier<String> schedulerAddress,
        String selectorAddress,
        String internalSecret,
        Map<String, String> tls) {
    @Override
    public String toString() {
        return "CoordinatorSettings" + command;
    }
}
