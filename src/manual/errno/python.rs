//! What Python makes of an error: the class of the exception (PEP 3151).

/// The class that Python raises for an error of `errno(3)`.
pub fn class(name: &str) -> &'static str {
    match name {
        "EAGAIN" | "EALREADY" | "EINPROGRESS" => "BlockingIOError",
        "EPIPE" | "ESHUTDOWN" => "BrokenPipeError",
        "ECONNABORTED" => "ConnectionAbortedError",
        "ECONNREFUSED" => "ConnectionRefusedError",
        "ECONNRESET" => "ConnectionResetError",
        "EEXIST" => "FileExistsError",
        "ENOENT" => "FileNotFoundError",
        "EINTR" => "InterruptedError",
        "EISDIR" => "IsADirectoryError",
        "ENOTDIR" => "NotADirectoryError",
        "EACCES" | "EPERM" => "PermissionError",
        "ETIMEDOUT" => "TimeoutError",
        _ => "OSError",
    }
}
