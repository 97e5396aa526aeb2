package io.nsfl.systemtests.crash;

import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Standalone: selector, scheduler and their database under one process. */
final class OneProcess implements ServerSide {
    private final NsflHome home;
    private final Program platform;

    OneProcess(NsflHome home) {
        this.home = home;
        this.platform = new Program(
                "platform",
                Java.command(
                        home,
                        "standalone",
                        List.of(
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx768m",
                                "-Dnsfl.home=" + home.root(),
                                "-Dnsfl.root=" + home.sources()),
                        "io.nsfl.standalone.platform.PlatformApplication",
                        "0",
                        "0",
                        "0"),
                Map.of(),
                home.run());
    }

    @Override
    public void start() throws Exception {
        platform.start();
        Await.until(
                "the platform is up",
                Await.LONG,
                () -> {
                    if (!platform.alive()) {
                        throw new AssertionError("the platform did not start: " + platform.log());
                    }
                    return addresses().isPresent();
                },
                () -> "See " + platform.log());
    }

    private Optional<Addresses> addresses() {
        return Addresses.read(home.addresses()).filter(written -> written.pid() == platform.pid());
    }

    @Override
    public String api() {
        return addresses().map(Addresses::apiServer).orElse("127.0.0.1:1");
    }

    @Override
    public String door() {
        return addresses().orElseThrow().clientDoor();
    }

    @Override
    public Program selector() {
        return platform;
    }

    @Override
    public Program scheduler() {
        return platform;
    }

    @Override
    public void restart(Program killed) throws Exception {
        start();
    }

    @Override
    public void killDatabase() throws Exception {
        PostgresProcess.in(home.database()).kill();
        // Its data are in the platform's hands, and so is its start.
        platform.kill();
        start();
    }

    @Override
    public void close() {
        platform.kill();
    }
}
