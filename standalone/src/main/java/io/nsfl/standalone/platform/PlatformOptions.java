package io.nsfl.standalone.platform;

import picocli.CommandLine.Option;

/** Where a platform listens, on loopback; 0 = wherever there is room. */
public final class PlatformOptions {
    @Option(
            names = "--api-port",
            defaultValue = "30083",
            paramLabel = "PORT",
            description = "Port of the REST API (${DEFAULT-VALUE}; 0 = any free one).")
    private int apiPort;

    @Option(
            names = "--data-port",
            defaultValue = "30090",
            paramLabel = "PORT",
            description = "Port of the S3 data server (${DEFAULT-VALUE}).")
    private int dataPort;

    @Option(
            names = "--door-port",
            defaultValue = "30091",
            paramLabel = "PORT",
            description = "Port where clients connect (${DEFAULT-VALUE}).")
    private int doorPort;

    /** Anywhere: for a platform that nobody has to find again. */
    public static PlatformOptions anywhere() {
        return new PlatformOptions();
    }

    public int apiPort() {
        return apiPort;
    }

    public int dataPort() {
        return dataPort;
    }

    public int doorPort() {
        return doorPort;
    }
}
