/* Starts the program with the Python that lies beside it.

   Everything is loaded from this folder only: settings of another Python on the machine (PYTHONPATH, the registry)
   are not looked at, and no library is taken from the folder that the user happens to be in. */

#include <windows.h>
#include <wchar.h>

#ifndef LOAD_LIBRARY_SEARCH_DEFAULT_DIRS
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x00001000
#endif

typedef int (*main_function)(int, wchar_t **);

static int say(const wchar_t *text) {
    MessageBoxW(NULL, text, L"Trainer App", MB_OK | MB_ICONERROR);
    return 1;
}

int wmain(int argc, wchar_t **argv) {
    static const wchar_t *fixed[] = {L"-I", L"-B", L"-X", L"utf8", L"-m", L"start"};
    const int extra = sizeof fixed / sizeof fixed[0];
    wchar_t path[32768];
    DWORD length = GetModuleFileNameW(NULL, path, 32768 - 16);
    wchar_t *slash = length ? wcsrchr(path, L'\\') : NULL;
    if (!slash)
        return say(L"Tempat program ini tidak ditemukan. Pasang ulang Trainer App.");
    wcscpy(slash + 1, L"python311.dll");
    SetDllDirectoryW(L"");
    HMODULE python = LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    main_function run = python ? (main_function)(void *)GetProcAddress(python, "Py_Main") : NULL;
    if (!run)
        return say(L"Sebagian dari program ini hilang. Pasang ulang Trainer App; data Anda tidak tersentuh.");
    wchar_t **arguments = HeapAlloc(GetProcessHeap(), 0, (argc + extra + 1) * sizeof(wchar_t *));
    if (!arguments)
        return say(L"Memori laptop penuh. Tutup program lain, lalu coba lagi.");
    arguments[0] = argv[0];
    for (int n = 0; n < extra; n++)
        arguments[1 + n] = (wchar_t *)fixed[n];
    for (int n = 1; n <= argc; n++) /* the closing NULL too */
        arguments[extra + n] = argv[n];
    return run(argc + extra, arguments);
}
