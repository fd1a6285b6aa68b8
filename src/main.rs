//! The `flytec` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Trees and settings are many small pieces of memory, which the allocators of systems are slow with; that of musl, which the
/// binaries of a release are linked with, most of all.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    flytec::cli::run()
}
