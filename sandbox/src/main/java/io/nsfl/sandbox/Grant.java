package io.nsfl.sandbox;

import java.nio.file.Path;

/**
 * What a process under Landlock may do with a file, or with all below a directory.
 *
 * @param rights bits of linux/landlock.h; a kernel that does not know one of them neither grants nor withholds it
 */
public record Grant(Path path, long rights) {}
