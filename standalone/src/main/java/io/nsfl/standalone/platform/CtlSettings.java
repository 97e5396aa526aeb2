package io.nsfl.standalone.platform;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import tools.jackson.databind.node.ObjectNode;

/** What {@code ./nsfl ctl} has to know to reach this platform; readable by its owner only. */
final class CtlSettings {
    private CtlSettings() {}

    static void write(Path file, Addresses addresses, Credentials credentials) throws IOException {
        ObjectNode settings = JobJson.newObject();
        settings.put("api_server", addresses.apiServer());
        settings.put("data_server", "http://" + addresses.dataServer());
        settings.put("user", Credentials.DATA_USER);
        settings.put("password", credentials.dataPassword());
        Path partial = Files.createTempFile(
                file.getParent(),
                "nsfl",
                ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(partial, JobJson.pretty(settings).getBytes(StandardCharsets.UTF_8));
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
