//! Where functions run: a few threads, each with a loop of its own. A function's future belongs to the thread that made it, as
//! on Lambda, where nothing asks that it can move. Never here: which function, or what for.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    sync::{mpsc, oneshot},
    task::LocalSet,
};

type Job = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()>>> + Send>;

/// Enough for real races between functions; the table behind them has one lock.
const THREADS: usize = 4;

static THREAD: LazyLock<Vec<mpsc::UnboundedSender<Job>>> = LazyLock::new(|| (0..THREADS).filter_map(start).collect());
static NEXT: AtomicUsize = AtomicUsize::new(0);

fn start(number: usize) -> Option<mpsc::UnboundedSender<Job>> {
    let (sender, mut jobs) = mpsc::unbounded_channel::<Job>();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let work = move || {
        LocalSet::new().block_on(&runtime, async move {
            while let Some(job) = jobs.recv().await {
                tokio::task::spawn_local(job());
            }
        });
    };
    std::thread::Builder::new().name(format!("function-{number}")).spawn(work).ok()?;
    Some(sender)
}

/// Runs what `work` makes on one of the threads; none if it panicked.
pub(crate) async fn run<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Option<T>
where
    T: Send + 'static,
    F: Future<Output = T> + 'static,
{
    let (reply, answer) = oneshot::channel();
    let job: Job = Box::new(move || {
        Box::pin(async move {
            // Whoever asked may be gone: then nobody waits for the answer.
            let _ = reply.send(work().await);
        })
    });
    let turn = NEXT.fetch_add(1, Ordering::Relaxed) % THREAD.len().max(1);
    THREAD.get(turn)?.send(job).ok()?;
    answer.await.ok()
}
