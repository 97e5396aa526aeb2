package io.nsfl.proxy.dataplane;

import java.nio.file.Path;
import java.util.List;

/**
 * Which nginx runs how.
 *
 * @param program a name or a path
 * @param configuration its file
 * @param directory that it may write to; relative paths of the configuration begin there
 */
public record NginxSettings(String program, Path configuration, Path directory) {
    List<String> command(String... more) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(program, "-p", directory.toString(), "-c", configuration.toString()),
                        java.util.stream.Stream.of(more))
                .toList();
    }
}
