//! Sending and receiving.

use super::linux;
use super::names;
use super::socket::Socket;
use crate::stage::{witness, witness_names};
use crate::trace::{Bytes, Call, Value};
use socket2::{MaybeUninitSlice, RecvFlags, SockAddr};
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::panic::Location;

impl Socket {
    /// `send(2)`, a `sendto` without an address: hands bytes to the kernel, and says how many it
    /// took.
    #[track_caller]
    pub fn send(&self, data: &[u8]) -> io::Result<usize> {
        self.stays_here(data, None)?;
        let call = || self.call("send").with(self.content(data));
        witness(Location::caller(), call, || self.inner().send(data), taken(data))
    }

    /// `sendto(2)`: sends one datagram to `address`. A socket without a port gets one. A raw socket
    /// sends to this machine only.
    #[track_caller]
    pub fn send_to(&self, data: &[u8], address: &SockAddr) -> io::Result<usize> {
        self.stays_here(data, Some(address))?;
        let call = || self.call("sendto").with(self.content(data)).with(names::address(address));
        let send = || self.inner().send_to(data, address);
        witness_names(Location::caller(), call, send, taken(data), |_| self.fd())
    }

    /// `recv(2)`, a `recvfrom` without an address: takes the bytes that are there, and sleeps until
    /// there are some. 0 is the end of the stream.
    ///
    /// socket2's own takes memory that need not be initialized; this one takes bytes, as
    /// [`io::Read::read`] does.
    #[track_caller]
    pub fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let call = || self.call("recv").with(room(buffer));
        self.take(Location::caller(), call(), buffer, |memory| self.inner().recv(memory))
    }

    /// `recv(2)` with `MSG_PEEK`: as [`Socket::recv`], and the bytes stay where they are.
    #[track_caller]
    pub fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let call = self.call("recv").with(room(buffer)).with(Value::Constant("MSG_PEEK".into()));
        self.take(Location::caller(), call, buffer, |memory| self.inner().peek(memory))
    }

    /// `recv(2)` with flags, constants of its manual page such as [`super::MSG_TRUNC`]. The answer
    /// may be more than the buffer holds.
    #[track_caller]
    pub fn recv_with_flags(&self, buffer: &mut [u8], flags: i32) -> io::Result<usize> {
        let call = self.call("recv").with(room(buffer)).with(names::message_flags(flags));
        self.take(Location::caller(), call, buffer, |memory| {
            self.inner().recv_with_flags(memory, flags)
        })
    }

    /// `recvfrom(2)`: takes one datagram, and says where it came from. What does not fit into the
    /// buffer is lost.
    #[track_caller]
    pub fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SockAddr)> {
        let call = self.call("recvfrom").with(room(buffer));
        let receive = || {
            let memory = buffer;
            let (length, from) = self.inner().recv_from(uninitialized(memory))?;
            Ok((&memory[..length], from))
        };
        let answer = |(data, from): &(&[u8], _)| {
            vec![Value::Number(data.len() as i64), self.content(data), names::address(from)]
        };
        witness(Location::caller(), || call, receive, answer).map(|(data, from)| (data.len(), from))
    }

    /// `recvmsg(2)`: takes one message, and says what happened to it: whether some of it was lost,
    /// for one.
    #[track_caller]
    pub fn recv_vectored(&self, buffers: &mut [IoSliceMut]) -> io::Result<(usize, RecvFlags)> {
        let rooms = buffers.iter().map(|buffer| buffer.len()).sum::<usize>();
        let call = || self.call("recvmsg").with(Value::Number(rooms as i64));
        let receive = || {
            let mut memory: Vec<MaybeUninitSlice> = buffers
                .iter_mut()
                .map(|buffer| MaybeUninitSlice::new(uninitialized(buffer)))
                .collect();
            let (length, flags) = self.inner().recv_vectored(&mut memory)?;
            let data: Vec<u8> =
                buffers.iter().flat_map(|buffer| buffer.to_vec()).take(length).collect();
            Ok((data, flags))
        };
        let answer = |(data, flags): &(Vec<u8>, RecvFlags)| {
            let lost = flags.is_truncated().then(|| Value::Constant("MSG_TRUNC".into()));
            [Value::Number(data.len() as i64), self.content(data)].into_iter().chain(lost).collect()
        };
        witness(Location::caller(), call, receive, answer).map(|(data, flags)| (data.len(), flags))
    }

    /// `recv(2)`, again and again until the buffer is full, as [`io::Read::read_exact`] does.
    ///
    /// # Errors
    /// Those of `recv`, and [`io::ErrorKind::UnexpectedEof`] if the stream ends before.
    #[track_caller]
    pub fn read_exact(&self, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.recv(buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => buffer = &mut buffer[length..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// `send(2)`, again and again until the kernel has taken all, as [`io::Write::write_all`] does.
    ///
    /// # Errors
    /// Those of `send`, and [`io::ErrorKind::WriteZero`] if it takes nothing.
    #[track_caller]
    pub fn write_all(&self, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            match self.send(data) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(taken) => data = &data[taken..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// `sendmsg(2)` with `SCM_RIGHTS`: sends bytes, and with them an open socket (`unix(7)`).
    /// socket2 has no such method.
    #[track_caller]
    pub fn send_with_socket(&self, data: &[u8], passed: &Socket) -> io::Result<usize> {
        self.stays_here(data, None)?;
        passed.may_be_passed()?;
        let rights = Value::Constant("SCM_RIGHTS".into());
        let call = || {
            self.call("sendmsg").with(self.content(data)).with(rights).with(Value::Fd(passed.fd()))
        };
        let send = || linux::send_with_descriptor(self.inner(), data, passed.inner());
        witness(Location::caller(), call, send, taken(data))
    }

    /// `recvmsg(2)`: takes bytes, and the open socket that came with them, under a new number.
    /// socket2 has no such method.
    #[track_caller]
    pub fn recv_with_socket(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<Socket>)> {
        let call = self.call("recvmsg").with(room(buffer));
        let receive = || {
            let memory = buffer;
            let (length, descriptor) = linux::recv_with_descriptor(self.inner(), memory)?;
            let passed =
                descriptor.map(|descriptor| Socket::from(socket2::Socket::from(descriptor)));
            Ok((&memory[..length], passed))
        };
        let answer = |(data, passed): &(&[u8], Option<Socket>)| {
            let passed = passed
                .iter()
                .flat_map(|passed| [Value::Constant("SCM_RIGHTS".into()), Value::Fd(passed.fd())]);
            [Value::Number(data.len() as i64), self.content(data)]
                .into_iter()
                .chain(passed)
                .collect()
        };
        witness(Location::caller(), || call, receive, answer)
            .map(|(data, passed)| (data.len(), passed))
    }

    /// A call that fills the buffer from its beginning.
    fn take(
        &self,
        at: &Location,
        call: Call,
        buffer: &mut [u8],
        receive: impl FnOnce(&mut [MaybeUninit<u8>]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let receive = || {
            let memory = buffer;
            let length = receive(uninitialized(memory))?;
            Ok((length, &memory[..length.min(memory.len())]))
        };
        let answer = |(length, data): &(usize, &[u8])| {
            vec![Value::Number(*length as i64), self.content(data)]
        };
        witness(at, || call, receive, answer).map(|(length, _)| length)
    }

    /// Data as a trace keeps it. A packet with its headers has numbers in it that the kernel chose.
    fn content(&self, data: &[u8]) -> Value {
        match self.carries_packets() {
            true => Value::Hex(Bytes::new(data)).of_this_run(),
            false => Value::Bytes(Bytes::new(data)),
        }
    }
}

fn room(buffer: &[u8]) -> Value {
    Value::Number(buffer.len() as i64)
}

/// How many bytes of the data the kernel took. For which part there was room, the machine decides.
fn taken(data: &[u8]) -> impl FnOnce(&usize) -> Vec<Value> {
    |&taken| {
        let number = Value::Number(taken as i64);
        vec![if taken < data.len() { number.of_this_run() } else { number }]
    }
}

/// The same memory as socket2's receiving methods want it.
fn uninitialized(buffer: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: `MaybeUninit<u8>` has the layout of `u8`, and socket2 promises to write only
    // initialized bytes into it.
    unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) }
}
