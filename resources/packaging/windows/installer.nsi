; Installs for one person, without administrator rights, into the person's own program folder.
; The person's data lies elsewhere and is touched neither by an update nor by removing the program.
; Called by resources/packaging/windows_build.py with VERSION, SOURCE, ICON and OUTPUT.

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 16
RequestExecutionLevel user
ManifestSupportedOS Win10

!include "MUI2.nsh"

Name "Trainer App"
OutFile "${OUTPUT}"
BrandingText "Trainer App ${VERSION}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Trainer App"

!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\Trainer App.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "Indonesian"
!insertmacro MUI_LANGUAGE "English"

LangString Running ${LANG_INDONESIAN} "Trainer App masih terbuka. Tutup dulu, lalu tekan Coba lagi. Catatan yang sudah tersimpan tetap aman."
LangString Running ${LANG_ENGLISH} "Trainer App is still open. Close it, then press Retry. What is saved stays safe."

; There is one place for it: a folder that somebody picked could hold other files when it is removed.
!macro OwnFolder
  StrCpy $INSTDIR "$LOCALAPPDATA\Programs\Trainer App"
!macroend

Function .onInit
  !insertmacro OwnFolder
FunctionEnd

Function un.onInit
  !insertmacro OwnFolder
FunctionEnd

; A running program keeps its file busy: nothing is replaced before it is closed.
!macro WaitUntilClosed
  again:
  IfFileExists "$INSTDIR\Trainer App.exe" 0 closed
  ClearErrors
  FileOpen $0 "$INSTDIR\Trainer App.exe" a
  IfErrors 0 free
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(Running)" /SD IDCANCEL IDRETRY again
  Abort
  free:
  FileClose $0
  closed:
!macroend

Section
  !insertmacro WaitUntilClosed
  ; files that a newer version no longer has must not stay behind
  RMDir /r "$INSTDIR"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}\*.*"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Trainer App.lnk" "$INSTDIR\Trainer App.exe"
  CreateShortcut "$DESKTOP\Trainer App.lnk" "$INSTDIR\Trainer App.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "Trainer App"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\Trainer App.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  !insertmacro WaitUntilClosed
  Delete "$SMPROGRAMS\Trainer App.lnk"
  Delete "$DESKTOP\Trainer App.lnk"
  RMDir /r "$INSTDIR"
  RMDir "$LOCALAPPDATA\Programs" ; only when nothing else is in it
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
SectionEnd
