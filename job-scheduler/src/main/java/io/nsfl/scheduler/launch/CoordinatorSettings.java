package io.nsfl.scheduler.launch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What every coordinator is launched with.
 *
 * @param command program and first arguments
 * @param image container image, for launchers that need one
 * @param deploymentWay told to coordinators
 * @param pods how they run as pods; empty = they are processes of this machine
 * @param reportPeriod between two heartbeats
 * @param schedulerAddress where heartbeats go; asked at each launch, because an ephemeral port is known late
 * @param selectorAddress of the client-selector
 * @param handedDown variables of the scheduler's own: transport security, whether clients come through a proxy, limits of extenders
 * @param internalSecret in hex; never in an environment or a command line
 */
public record CoordinatorSettings(
        List<String> command,
        String image,
        String deploymentWay,
        Optional<CoordinatorPods> pods,
        Duration reportPeriod,
        Supplier<String> schedulerAddress,
        String selectorAddress,
        String internalSecret,
        Map<String, String> handedDown) {
    /** Where a coordinator sees a file of this service. */
    Path seen(Path file) {
        return pods.map(placed -> placed.seen(file)).orElse(file);
    }

    @Override
    public String toString() {
        return "CoordinatorSettings" + command;
    }
}
