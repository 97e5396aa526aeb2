package io.nsfl.standalone.platform;

import io.nsfl.servicekit.lifecycle.ServiceMain;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.standalone.home.Ports;
import java.security.SecureRandom;

/** The server side of one machine as one process: {@code PlatformApplication API_PORT DATA_PORT DOOR_PORT}, 0 = the one of last time, or any free one. */
public final class PlatformApplication {
    private PlatformApplication() {}

    public static void main(String[] arguments) {
        ServiceMain.run("platform", () -> {
            Platform platform = Platform.start(
                    NsflHome.fromLaunchScript(),
                    new Ports(
                            Integer.parseInt(arguments[0]),
                            Integer.parseInt(arguments[1]),
                            Integer.parseInt(arguments[2]),
                            0),
                    new SecureRandom());
            Runtime.getRuntime().addShutdownHook(new Thread(platform::close, "stops the platform"));
            return platform.scheduler();
        });
    }
}
